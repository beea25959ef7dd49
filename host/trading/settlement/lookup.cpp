#include "trading/settlement/lookup.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/log.h"

namespace everbit::trading {
namespace {

using plugins::ExchangeOp;
using plugins::Field;
using plugins::Meaning;
using plugins::Order;

constexpr std::size_t kOpenPage = 100;
constexpr std::size_t kMostOpenPages = 10;
constexpr std::size_t kClosedLimit = 1000;
// The clocks of the exchange and of the database need not agree.
constexpr std::chrono::minutes kClockSlack{2};
constexpr std::chrono::minutes kClosedWindow{30};

Lookup nothing(std::string detail) {
  Lookup lookup;
  lookup.detail = std::move(detail);
  return lookup;
}

std::string why(const GatewayAnswer& answer) {
  if (!answer.wire.answered()) return std::string(net::to_string(answer.wire.failure));
  return std::to_string(answer.wire.response.status) + " " + answer.decoded.answer.name;
}

// Shared with the handlers, which may outlive a wait that was broken off by an exception.
struct Answers {
  std::mutex mutex;
  std::condition_variable all_in;
  std::vector<GatewayAnswer> answers;
  std::size_t missing = 0;

  void put(std::size_t index, GatewayAnswer answer) {
    const std::lock_guard lock(mutex);
    answers[index] = std::move(answer);
    if (--missing == 0) all_in.notify_all();
  }
};

std::optional<Order> pick(const std::vector<Order>& orders, const OpenAttempt& attempt) {
  const auto found = std::find_if(orders.begin(), orders.end(), [&](const Order& order) {
    return order.identifier == attempt.identifier;
  });
  if (found == orders.end()) return std::nullopt;
  return *found;
}

Lookup read_whole(const ExchangeGateway& gateway, const Order& order, const OpenAttempt& attempt) {
  const GatewayAnswer answer =
      gateway.read(ExchangeOp::kOrderGet, {{"uuid", order.uuid}}, net::RatePriority::kLookup);
  Lookup whole = judge_lookup(answer, attempt);
  if (whole.verdict == Lookup::Verdict::kFound) return whole;
  // Seen is seen, even if its fills must wait.
  whole.verdict = Lookup::Verdict::kFound;
  whole.order = order;
  return whole;
}

Lookup look_in_open(const ExchangeGateway& gateway, const OpenAttempt& attempt) {
  for (std::size_t page = 1; page <= kMostOpenPages; ++page) {
    const GatewayAnswer answer = gateway.read(ExchangeOp::kOrdersOpen,
                                              {{"market", attempt.market},
                                               {"page", std::to_string(page)},
                                               {"limit", std::to_string(kOpenPage)}},
                                              net::RatePriority::kLookup);
    if (!answer.ok()) return nothing("open list: " + why(answer));
    const auto& orders = answer.decoded.found.orders;
    if (auto order = pick(orders, attempt)) return read_whole(gateway, *order, attempt);
    if (orders.size() < kOpenPage) return {Lookup::Verdict::kNotFound, {}, {}, {}};
  }
  return nothing("open list: longer than it is read");
}

Lookup look_in_closed(const ExchangeGateway& gateway, const OpenAttempt& attempt) {
  const GatewayAnswer answer =
      gateway.read(ExchangeOp::kOrdersClosed,
                   {{"market", attempt.market},
                    {"start_time", (attempt.sent_at - kClockSlack).to_iso()},
                    {"end_time", (attempt.sent_at + kClosedWindow).to_iso()},
                    {"limit", std::to_string(kClosedLimit)}},
                   net::RatePriority::kLookup);
  if (!answer.ok()) return nothing("closed list: " + why(answer));
  const auto& orders = answer.decoded.found.orders;
  if (auto order = pick(orders, attempt)) return read_whole(gateway, *order, attempt);
  if (orders.size() >= kClosedLimit) return nothing("closed list: longer than it is read");
  return {Lookup::Verdict::kNotFound, {}, {}, {}};
}

}  // namespace

Lookup judge_lookup(const GatewayAnswer& answer, const OpenAttempt& attempt) {
  if (answer.wire.answered() && answer.decoded.answer.meaning == Meaning::kNotFound) {
    return {Lookup::Verdict::kNotFound, {}, {}, {}};
  }
  const auto& orders = answer.decoded.found.orders;
  if (!answer.ok() || orders.size() != 1 || orders[0].uuid.empty()) return nothing(why(answer));
  const bool other_name =
      !orders[0].identifier.empty() && orders[0].identifier != attempt.identifier;
  if (other_name || orders[0].market != attempt.market) {
    return nothing("an answer about another order");
  }
  Lookup found{Lookup::Verdict::kFound, orders[0], answer.decoded.found.fills, {}};
  found.order.identifier = attempt.identifier;
  return found;
}

std::vector<Lookup> look_up(const ExchangeGateway& gateway,
                            const std::vector<OpenAttempt>& attempts) {
  if (attempts.size() == 1) {
    return {
        judge_lookup(gateway.read(ExchangeOp::kOrderGet, {{"identifier", attempts[0].identifier}},
                                  net::RatePriority::kLookup),
                     attempts[0])};
  }
  const auto shared = std::make_shared<Answers>();
  shared->answers.resize(attempts.size());
  shared->missing = attempts.size();
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    gateway.read_async(ExchangeOp::kOrderGet, {{"identifier", attempts[i].identifier}},
                       net::RatePriority::kLookup, gateway.io(),
                       [shared, i](GatewayAnswer answer) { shared->put(i, std::move(answer)); });
  }
  std::unique_lock lock(shared->mutex);
  shared->all_in.wait(lock, [&] { return shared->missing == 0; });
  std::vector<Lookup> lookups;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    lookups.push_back(judge_lookup(shared->answers[i], attempts[i]));
  }
  return lookups;
}

Lookup look_in_lists(const ExchangeGateway& gateway, const OpenAttempt& attempt) {
  Lookup open = look_in_open(gateway, attempt);
  if (open.verdict == Lookup::Verdict::kFound) return open;
  Lookup closed = look_in_closed(gateway, attempt);
  if (closed.verdict == Lookup::Verdict::kFound) return closed;
  return open.verdict == Lookup::Verdict::kNotFound ? closed : open;
}

}  // namespace everbit::trading

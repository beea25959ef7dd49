#include "trading/portfolio/private_messages.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"
#include "trading/transient.h"

namespace everbit::trading {
namespace {

using plugins::ExchangeOp;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kMostDoubts = 256;
// After so many looks reconcile takes over.
constexpr int kMostTries = 5;
constexpr milliseconds kRepeatAfter{200};
// How long an order without identifier may be one of ours whose answer is on its way, and a fill
// may come after its order's end.
constexpr seconds kDoubtFor{2};

}  // namespace

void PrivateMessages::apply(const plugins::Findings& found) {
  for (const plugins::Order& order : found.orders) {
    std::vector<plugins::Fill> fills;
    for (const plugins::Fill& fill : found.fills) {
      if (fill.order_uuid == order.uuid) fills.push_back(fill);
    }
    apply_order(order, fills);
  }
  if (!found.accounts.empty()) {
    until_stored("balances", [&] { return parts_.balances.store_changes(found.accounts); });
  }
}

void PrivateMessages::apply_order(const plugins::Order& order,
                                  const std::vector<plugins::Fill>& fills) {
  if (order.identifier.empty() && !is_known(order.uuid)) {
    doubt(order.uuid);
    return;
  }
  OrderSync::Applied applied;
  until_stored("order", [&]() -> Result<void> {
    auto done = parts_.orders.apply(order, fills, FillSource::kWebSocket);
    if (!done) return done.error();
    applied = *done;
    return {};
  });
  if (applied.read_again) read_order(order.uuid, 0);
  if (applied.lacks_fills) doubt(order.uuid);
}

bool PrivateMessages::is_known(const std::string& uuid) {
  bool known = false;
  until_stored("order", [&]() -> Result<void> {
    auto answer = parts_.orders.knows(uuid);
    if (!answer) return answer.error();
    known = *answer;
    return {};
  });
  return known;
}

void PrivateMessages::connected() {
  const Timestamp began = parts_.exchange_clock.now_or_local();
  const GatewayAnswer accounts =
      parts_.gateway.read(ExchangeOp::kAccounts, {}, net::RatePriority::kLookup);
  if (!accounts.ok()) {
    log_error("accounts_not_read", {{"detail", accounts.wire.detail}});
    parts_.reconnect("accounts could not be read");
    return;
  }
  until_stored("balances", [&] {
    return parts_.balances.store_reading(accounts.decoded.found.accounts, began);
  });
  OrderReading read;
  until_stored("orders", [&]() -> Result<void> {
    auto open = parts_.reader.read_open("", net::RatePriority::kLookup);
    if (!open) return open.error();
    auto unfinished = parts_.reader.read_unfinished("", net::RatePriority::kLookup);
    if (!unfinished) return unfinished.error();
    read = *open += *unfinished;
    return {};
  });
  log_info("account_read", {{"repaired", read.repaired}, {"complete", read.complete}});
  request_reconcile();
}

void PrivateMessages::doubt(const std::string& uuid, int tries) {
  const bool there = std::any_of(doubts_.begin(), doubts_.end(),
                                 [&](const Doubt& doubt) { return doubt.uuid == uuid; });
  if (there) return;
  if (doubts_.size() >= kMostDoubts || tries >= kMostTries) {
    log_error("order_left_to_reconcile", {{"upbit_uuid", uuid}});
    request_reconcile();
    return;
  }
  doubts_.push_back({uuid, parts_.clock.steady_now() + kDoubtFor, tries});
}

void PrivateMessages::look_at_doubts() {
  const SteadyTime now = parts_.clock.steady_now();
  while (!doubts_.empty() && doubts_.front().look_at <= now && !stopping_.load()) {
    const Doubt doubt = std::move(doubts_.front());
    doubts_.pop_front();
    read_order(doubt.uuid, doubt.tries);
  }
}

void PrivateMessages::read_order(const std::string& uuid, int tries) {
  bool read = false;
  until_stored("order", [&]() -> Result<void> {
    auto reading = parts_.reader.read_order(uuid, net::RatePriority::kLookup);
    read = reading && reading->lacking.empty();
    if (reading || reading.error().code == "ORDER_NOT_FOUND" ||
        reading.error().code == "EXCHANGE_SILENT") {
      return {};
    }
    return reading.error();
  });
  if (!read) doubt(uuid, tries + 1);
}

void PrivateMessages::request_reconcile() const {
  if (parts_.request_reconcile) parts_.request_reconcile();
}

template <class Action>
void PrivateMessages::until_stored(const char* what, Action&& action) {
  while (!stopping_.load()) {
    auto stored = action();
    if (stored) return;
    if (!is_transient(stored.error())) {
      // Repeating cannot help; reconcile finds it again.
      log_critical("not_stored", {{"what", what}, {"error", to_string(stored.error())}});
      request_reconcile();
      return;
    }
    log_error("not_stored_yet", {{"what", what}, {"error", to_string(stored.error())}});
    std::this_thread::sleep_for(kRepeatAfter);
  }
}

}  // namespace everbit::trading

#include "trading/portfolio/order_reader.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"

namespace everbit::trading {
namespace {

using plugins::ExchangeOp;
using plugins::Field;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::string_view kNotFound = "ORDER_NOT_FOUND";
constexpr std::string_view kSilent = "EXCHANGE_SILENT";
constexpr std::size_t kMostUnfinished = 200;
constexpr std::size_t kOpenPage = 100;  // the exchange's own limits
constexpr std::size_t kClosedPage = 1000;
constexpr int kMostOpenPages = 10;
constexpr int kMostClosedCalls = 32;
// The exchange lists at most 7 days, counted from the start when no end is named.
constexpr hours kLongestWindow{6 * 24};
constexpr milliseconds kShortestWindow{1000};

std::vector<Field> params_of(const std::string& market) {
  std::vector<Field> params;
  if (!market.empty()) params.push_back({"market", market});
  return params;
}

OrderReading incomplete() {
  OrderReading reading;
  reading.complete = false;
  return reading;
}

bool is_final(const plugins::Order& order) {
  return order.state == plugins::OrderState::kDone || order.state == plugins::OrderState::kCancel;
}

// A list cannot tell more of it. Ours is read with its trades until it is closed.
bool is_up_to_date(const OrderSync::Standing& standing, const plugins::Order& order) {
  if (standing.ours && standing.closed) return true;
  const bool same = standing.known && standing.executed_volume == order.executed_volume &&
                    standing.final_state == is_final(order);
  return standing.ours ? same && !standing.final_state && standing.fills_sum_up : same;
}

OrderReading counted(const plugins::Order& order, const OrderSync::Applied& applied) {
  OrderReading reading;
  const bool recorded = applied.recorded != OrderRecorder::Recorded::kKnown;
  reading.repaired = applied.new_fills + (applied.closed || recorded ? 1 : 0);
  if (applied.lacks_fills) reading.lacking.push_back(order);
  return reading;
}

}  // namespace

OrderReading& OrderReading::operator+=(const OrderReading& other) {
  complete = complete && other.complete;
  repaired += other.repaired;
  lacking.insert(lacking.end(), other.lacking.begin(), other.lacking.end());
  return *this;
}

Result<OrderReading> OrderReader::read_order(const std::string& uuid, net::RatePriority priority) {
  const GatewayAnswer answer =
      parts_.gateway.read(ExchangeOp::kOrderGet, {{"uuid", uuid}}, priority);
  if (answer.wire.answered() && answer.decoded.answer.meaning == plugins::Meaning::kNotFound) {
    return Error(std::string(kNotFound), "the exchange knows no such order", uuid);
  }
  if (!answer.ok() || answer.decoded.found.orders.size() != 1) {
    return Error(std::string(kSilent), answer.wire.detail + answer.decoded.answer.name, uuid);
  }
  const plugins::Order& order = answer.decoded.found.orders[0];
  auto applied = parts_.orders.apply(order, answer.decoded.found.fills, FillSource::kRest);
  if (!applied) return applied.error();
  return counted(order, *applied);
}

Result<OrderReading> OrderReader::read_unfinished(const std::string& market,
                                                  net::RatePriority priority) {
  auto uuids = parts_.orders.unfinished(market);
  if (!uuids) return uuids.error();
  OrderReading all;
  if (uuids->size() > kMostUnfinished) {
    all.complete = false;
    uuids->resize(kMostUnfinished);
  }
  for (const std::string& uuid : *uuids) {
    auto one = read_listed(uuid, priority);
    if (!one) return one.error();
    all += *one;
  }
  return all;
}

Result<OrderReading> OrderReader::read_open(const std::string& market, net::RatePriority priority) {
  OrderReading all;
  for (int page = 1; page <= kMostOpenPages; ++page) {
    std::vector<Field> params = params_of(market);
    params.push_back({"page", std::to_string(page)});
    params.push_back({"limit", std::to_string(kOpenPage)});
    const GatewayAnswer answer =
        parts_.gateway.read(ExchangeOp::kOrdersOpen, std::move(params), priority);
    if (!answer.ok()) {
      log_error("open_orders_not_read", {{"detail", answer.wire.detail}});
      return all += incomplete();
    }
    const auto& listed = answer.decoded.found.orders;
    auto applied = apply_listed(listed, priority);
    if (!applied) return applied.error();
    all += *applied;
    if (listed.size() < kOpenPage) return all;
  }
  log_error("more_open_orders_than_read");
  return all += incomplete();
}

// By the time of creation, in whole seconds. The newest one names no end, or the orders of this
// very second would be left out.
struct OrderReader::Window {
  Timestamp from;
  Timestamp to;
  bool newest = false;
};

Result<OrderReading> OrderReader::read_closed(const std::string& market, Timestamp from,
                                              Timestamp now, net::RatePriority priority) {
  OrderReading all;
  int calls_left = kMostClosedCalls;
  for (Timestamp start = from; start < now; start = start + kLongestWindow) {
    const bool newest = start + kLongestWindow >= now;
    const Window window{start, newest ? now : start + kLongestWindow, newest};
    auto read = read_window(market, window, priority, calls_left);
    if (!read) return read.error();
    all += *read;
    if (!all.complete) break;
  }
  return all;
}

// A list that is full may have been cut off: its window is read again in halves.
Result<OrderReading> OrderReader::read_window(const std::string& market, const Window& window,
                                              net::RatePriority priority, int& calls_left) {
  if (stopping_.load() || calls_left-- <= 0) return incomplete();
  std::vector<Field> params = params_of(market);
  params.push_back({"start_time", window.from.to_iso()});
  if (!window.newest) params.push_back({"end_time", window.to.to_iso()});
  params.push_back({"limit", std::to_string(kClosedPage)});
  const GatewayAnswer answer =
      parts_.gateway.read(ExchangeOp::kOrdersClosed, std::move(params), priority);
  if (!answer.ok()) {
    log_error("closed_orders_not_read", {{"detail", answer.wire.detail}});
    return incomplete();
  }
  if (answer.decoded.found.orders.size() < kClosedPage) {
    return apply_listed(answer.decoded.found.orders, priority);
  }
  if (window.to - window.from <= kShortestWindow) return incomplete();
  const Timestamp middle = window.from + (window.to - window.from) / 2;
  auto older = read_window(market, {window.from, middle, false}, priority, calls_left);
  if (!older) return older.error();
  auto newer = read_window(market, {middle, window.to, window.newest}, priority, calls_left);
  if (!newer) return newer.error();
  return *older += *newer;
}

Result<OrderReading> OrderReader::apply_listed(const std::vector<plugins::Order>& listed,
                                               net::RatePriority priority) {
  OrderReading all;
  auto standings = parts_.orders.standings(listed);
  if (!standings) return standings.error();
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (is_up_to_date((*standings)[i], listed[i])) continue;
    auto one = (*standings)[i].ours ? read_listed(listed[i].uuid, priority) : record(listed[i]);
    if (!one) return one.error();
    all += *one;
  }
  return all;
}

Result<OrderReading> OrderReader::read_listed(const std::string& uuid, net::RatePriority priority) {
  if (stopping_.load()) return incomplete();
  auto one = read_order(uuid, priority);
  if (one || (one.error().code != kNotFound && one.error().code != kSilent)) return one;
  log_error("order_not_read", {{"upbit_uuid", uuid}, {"error", to_string(one.error())}});
  return incomplete();
}

Result<OrderReading> OrderReader::record(const plugins::Order& order) {
  auto applied = parts_.orders.apply(order, {}, FillSource::kRest);
  if (!applied) return applied.error();
  OrderReading reading;
  reading.repaired = applied->recorded == OrderRecorder::Recorded::kKnown ? 0 : 1;
  return reading;
}

}  // namespace everbit::trading

#include "trading/settlement/stuck_orders.h"

#include <vector>

#include "base/json_writer.h"
#include "base/log.h"
#include "store/trading_transaction.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr std::chrono::seconds kBudget{5};
constexpr std::chrono::seconds kReadEvery{30};
// While a request to cancel is fresh, its effect is looked for.
constexpr std::chrono::seconds kReadAfterCancel{2};

constexpr Sql kStuck{R"sql(
  SELECT o.id, o.upbit_uuid::text, o.market, i.strategy_key, s.signal_json ->> 'traceId',
         o.stuck_at IS NOT NULL,
         o.cancel_requested_at IS NOT NULL
           AND coalesce(o.cancel_sent_at, '-infinity') < o.cancel_requested_at,
         coalesce(o.cancel_sent_at > now() - interval '1 min', false)
  FROM upbit_order o
  JOIN order_attempt a ON a.id = o.order_attempt_id
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  WHERE o.owner_id = $1 AND o.mode = $2 AND o.closed_at IS NULL AND o.origin = 'OURS'
    AND o.state NOT IN ('done', 'cancel')
    AND (o.time_in_force IN ('ioc', 'fok') OR o.ord_type IN ('price', 'market', 'best'))
    AND coalesce(o.ordered_at, o.created_at) < now() - interval '60 s'
  ORDER BY o.id)sql"};

constexpr Sql kRaise{R"sql(
  UPDATE upbit_order SET stuck_at = now()
  WHERE id = $1 AND stuck_at IS NULL AND state NOT IN ('done', 'cancel'))sql"};

constexpr Sql kCancelSent{R"sql(
  UPDATE upbit_order SET cancel_sent_at = clock_timestamp() WHERE id = $1)sql"};

}  // namespace

struct StuckOrders::Stuck {
  OrderId id;
  std::string uuid;
  std::string market;
  std::string strategy_key;
  std::string trace_id;
  bool raised = false;
  bool cancel_wanted = false;
  bool cancel_fresh = false;
};

void StuckOrders::look() {
  auto rows =
      parts_.pool.exec(Deadline::after(kBudget), kStuck, parts_.owner, to_string(parts_.mode));
  if (!rows) return;
  std::map<std::string, SteadyTime> still;
  for (const Row row : *rows) {
    Stuck order{row.get<OrderId>(0),     row.get<std::string>(1),  row.get<std::string>(2),
                row.get<std::string>(3), std::string(row.text(4)), row.get<bool>(5),
                row.get<bool>(6),        row.get<bool>(7)};
    look_at(order);
    still[order.uuid] = read_at_[order.uuid];
  }
  read_at_ = std::move(still);
}

void StuckOrders::look_at(const Stuck& order) {
  if (order.cancel_wanted) pass_on_cancel(order);
  const auto pause = order.cancel_fresh ? kReadAfterCancel : kReadEvery;
  const auto last = read_at_.find(order.uuid);
  const SteadyTime now = parts_.clock.steady_now();
  if (last == read_at_.end() || order.cancel_wanted || now - last->second >= pause) {
    read_at_[order.uuid] = now;
    read(order);
  }
  if (!order.raised) raise(order);
}

void StuckOrders::pass_on_cancel(const Stuck& order) {
  const GatewayAnswer answer = parts_.gateway.cancel(order.uuid);
  log_warn("cancel_requested", {{"market", order.market},
                                {"upbit_uuid", order.uuid},
                                {"status", answer.wire.response.status},
                                {"detail", answer.wire.detail},
                                {"name", answer.decoded.answer.name}});
  // A request that did not leave is made again.
  if (answer.wire.outcome == net::CallOutcome::kNotSent) return;
  store::Locks locks;
  locks.markets = {order.market};
  auto tx =
      store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, Deadline::after(kBudget));
  if (!tx) return;
  if (tx->exec(kCancelSent, order.id)) (void)tx->commit();
}

void StuckOrders::read(const Stuck& order) {
  const GatewayAnswer answer = parts_.gateway.read(
      plugins::ExchangeOp::kOrderGet, {{"uuid", order.uuid}}, net::RatePriority::kLookup);
  if (!answer.ok() || answer.decoded.found.orders.size() != 1) return;
  auto applied = parts_.orders.apply(answer.decoded.found.orders[0], answer.decoded.found.fills,
                                     FillSource::kRest);
  if (!applied) {
    log_error("stuck_order_not_stored",
              {{"upbit_uuid", order.uuid}, {"error", to_string(applied.error())}});
  }
}

void StuckOrders::raise(const Stuck& order) {
  store::Locks locks;
  locks.markets = {order.market};
  auto tx =
      store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, Deadline::after(kBudget));
  if (!tx) return;
  auto raised = tx->exec(kRaise, order.id);
  if (!raised || raised->affected() == 0) return;
  JsonWriter payload;
  payload.begin_object().field("upbitUuid", order.uuid).end_object();
  auto told = parts_.outbox.add(
      tx->transaction(), {kTradeEvents, "OrderStuck", "upbit_order", order.id.value(), order.market,
                          order.strategy_key, order.trace_id, payload.take(), std::nullopt});
  if (!told || !tx->commit().committed()) return;
  parts_.outbox.committed();
  log_error("ORDER_STUCK",
            {{"market", order.market}, {"upbit_uuid", order.uuid}, {"trace_id", order.trace_id}});
}

}  // namespace everbit::trading

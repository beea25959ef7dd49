#include "api/status_report.h"

#include "api/switch_json.h"

namespace everbit::api {
namespace {

using store::Pool;
using store::Row;
using store::Sql;

constexpr Sql kTrader{"SELECT instance, since, instance_alive(instance) FROM trader_instance"};

constexpr Sql kPositions{R"(
  SELECT market, mode, quantity, avg_price, strategy_key, opened_at
  FROM position WHERE mode = $1 AND status = 'OPEN' ORDER BY market)"};

constexpr Sql kSuspended{R"(
  SELECT market, suspend_reason_code FROM market_state
  WHERE trade_status = 'SUSPENDED' ORDER BY market)"};

constexpr Sql kAttempts{R"(
  SELECT s.status, count(a.id)
  FROM unnest(ARRAY['PREPARED', 'SENT', 'ACKED', 'REJECTED', 'THROTTLED', 'UNKNOWN', 'SUSPENDED'])
       WITH ORDINALITY AS s(status, place)
  LEFT JOIN order_attempt a ON a.status = s.status AND a.mode = $1
  GROUP BY s.status, s.place ORDER BY s.place)"};

// What waits stands in the small tables; the log is touched for the oldest of it only.
constexpr Sql kOutbox{R"(
  WITH waiting AS (SELECT event_id FROM outbox_queue UNION ALL SELECT event_id FROM outbox_delayed)
  SELECT (SELECT count(*) FROM waiting),
         coalesce((SELECT greatest(0, extract(epoch FROM now() - min(e.created_at)))::bigint
                   FROM waiting JOIN outbox_event e USING (event_id)), 0),
         (SELECT count(*) FROM outbox_dead))"};

constexpr int kNewestOrders = 5;

Result<void> read_trader(Pool& pool, Deadline deadline, StatusReport& report) {
  const auto rows = pool.exec(deadline, kTrader);
  if (!rows) return rows.error();
  for (const Row row : *rows) {
    const auto [instance, since, alive] = row.as<Uuid, Timestamp, bool>();
    report.trader = {instance, since, alive};
  }
  return {};
}

Result<void> read_markets(Pool& pool, Deadline deadline, StatusReport& report) {
  const auto positions = pool.exec(deadline, kPositions, report.mode);
  if (!positions) return positions.error();
  for (const Row row : *positions) {
    report.positions.push_back(
        {row.get<std::string>(0), row.get<std::string>(1), row.get<Decimal>(2), row.get<Decimal>(3),
         row.get<std::optional<std::string>>(4), row.get<std::optional<Timestamp>>(5)});
  }
  const auto suspended = pool.exec(deadline, kSuspended);
  if (!suspended) return suspended.error();
  for (const Row row : *suspended) {
    report.suspended.push_back({row.get<std::string>(0), row.get<std::string>(1)});
  }
  return {};
}

Result<void> read_counts(Pool& pool, Deadline deadline, StatusReport& report) {
  const auto attempts = pool.exec(deadline, kAttempts, report.mode);
  if (!attempts) return attempts.error();
  for (const Row row : *attempts) {
    report.attempts.push_back({row.get<std::string>(0), row.get<std::int64_t>(1)});
  }
  const auto outbox = pool.exec(deadline, kOutbox);
  if (!outbox) return outbox.error();
  const Row row = outbox->front();
  report.outbox = {row.get<std::int64_t>(0), row.get<std::int64_t>(1), row.get<std::int64_t>(2)};
  return {};
}

void write_trader(JsonWriter& json, const StatusReport& report) {
  json.key("trader");
  if (!report.trader) {
    json.null();
    return;
  }
  json.begin_object()
      .field("instance", report.trader->instance)
      .field("since", report.trader->since)
      .field("alive", report.trader->alive)
      .end_object();
}

void write_markets(JsonWriter& json, const StatusReport& report) {
  json.key("positions").begin_array();
  for (const auto& position : report.positions) {
    json.begin_object()
        .field("market", position.market)
        .field("mode", position.mode)
        .field("quantity", position.quantity)
        .field("avgPrice", position.avg_price)
        .field("strategyKey", position.strategy_key)
        .field("openedAt", position.opened_at)
        .end_object();
  }
  json.end_array().key("suspendedMarkets").begin_array();
  for (const auto& suspended : report.suspended) {
    json.begin_object()
        .field("market", suspended.market)
        .field("suspendReasonCode", suspended.reason_code)
        .end_object();
  }
  json.end_array();
}

}  // namespace

Result<StatusReport> read_status(Pool& pool, std::string_view mode, trading::SwitchView kill_switch,
                                 Deadline deadline) {
  StatusReport report;
  report.mode = mode;
  report.kill_switch = std::move(kill_switch);
  for (const auto reader : {read_trader, read_markets, read_counts}) {
    if (auto done = reader(pool, deadline, report); !done) return done.error();
  }
  auto orders = read_orders(pool, {report.mode, "", std::nullopt, kNewestOrders}, deadline);
  if (!orders) return orders.error();
  report.orders = std::move(orders->items);
  return report;
}

void write_fields(JsonWriter& json, const StatusReport& report) {
  json.key("killSwitch");
  write_json(json, report.kill_switch);
  write_trader(json, report);
  write_markets(json, report);
  json.key("attempts").begin_object();
  for (const auto& [status, count] : report.attempts) json.field(status, count);
  json.end_object()
      .key("outbox")
      .begin_object()
      .field("pending", report.outbox.pending)
      .field("oldestSeconds", report.outbox.oldest_seconds)
      .field("dead", report.outbox.dead)
      .end_object()
      .key("orders");
  write_json(json, report.orders);
}

}  // namespace everbit::api

#include "trading/strategy/position_view.h"

#include "base/json_writer.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kPosition{R"sql(
  SELECT p.quantity, p.avg_price, p.dust_quantity, p.plan_json IS NOT NULL,
         (p.plan_json ->> 'stop')::numeric, (p.plan_json ->> 'stopDistance')::numeric,
         (p.plan_json ->> 'trailTop')::numeric,
         coalesce((p.plan_json ->> 'tp1Taken')::boolean, false), coalesce(p.plan_json ->> 'own', ''),
         s.candle_close_time
  FROM position p
  LEFT JOIN order_intent i ON i.id = p.entry_intent_id AND p.status = 'OPEN'
  LEFT JOIN signal s ON s.id = i.signal_id
  WHERE p.owner_id = $1 AND p.market = $2 AND p.mode = $3)sql"};

constexpr Sql kOpenIntent{R"sql(
  SELECT intent_type FROM order_intent
  WHERE owner_id = $1 AND market = $2 AND mode = $3 AND status = 'CREATED')sql"};

// An intent that never had an attempt sent was refused by us; one whose order existed and filled
// nothing was cancelled; the rest was refused by the exchange.
constexpr Sql kLastIntent{R"sql(
  SELECT i.intent_type, s.candle_close_time,
         CASE WHEN i.status = 'COMPLETED' THEN 'FILLED'
              WHEN EXISTS (SELECT FROM order_attempt a
                           WHERE a.order_intent_id = i.id AND a.status = 'ACKED') THEN 'UNFILLED'
              WHEN EXISTS (SELECT FROM order_attempt a
                           WHERE a.order_intent_id = i.id AND a.status IN ('REJECTED', 'THROTTLED')
                             AND a.error_code IS DISTINCT FROM 'NOT_SENT') THEN 'REJECTED'
              ELSE 'REFUSED' END
  FROM order_intent i JOIN signal s ON s.id = i.signal_id
  WHERE i.owner_id = $1 AND i.market = $2 AND i.mode = $3 AND i.status <> 'CREATED'
  ORDER BY i.id DESC LIMIT 1)sql"};

constexpr Sql kLastFullExit{R"sql(
  SELECT i.intent_type, s.candle_close_time
  FROM trade t
  JOIN order_intent i ON i.id = t.last_exit_intent_id
  JOIN signal s ON s.id = i.signal_id
  WHERE t.owner_id = $1 AND t.market = $2 AND t.mode = $3 AND t.closed_at IS NOT NULL
  ORDER BY t.closed_at DESC, t.id DESC LIMIT 1)sql"};

std::int32_t outcome_of(std::string_view text) {
  if (text == "FILLED") return EB_OUTCOME_FILLED;
  if (text == "UNFILLED") return EB_OUTCOME_CANCELLED_UNFILLED;
  if (text == "REJECTED") return EB_OUTCOME_REJECTED;
  return EB_OUTCOME_REFUSED;
}

std::int32_t intent_of(std::string_view text) {
  return static_cast<std::int32_t>(parse_intent_type(text).value_or(IntentType::kExitManual));
}

// A manual exit's signal carries the moment of the request.
std::int64_t signal_close(std::int32_t intent, Timestamp stored, std::chrono::seconds period) {
  return (intent == EB_INTENT_EXIT_MANUAL ? stored.floor_to(period) : stored).ns();
}

plugins::Plan read_plan(const Row& row) {
  plugins::Plan plan;
  const auto take = [&](int column, std::uint32_t flag, Decimal& value) {
    if (const auto stored = row.get<std::optional<Decimal>>(column)) {
      plan.flags |= flag;
      value = *stored;
    }
  };
  take(4, EB_PLAN_STOP, plan.stop);
  take(5, EB_PLAN_STOP_DISTANCE, plan.stop_distance);
  take(6, EB_PLAN_TRAIL_STARTED, plan.trail_top);
  if (row.get<bool>(7)) plan.flags |= EB_PLAN_TP1_TAKEN;
  plan.own = row.get<std::string>(8);
  return plan;
}

void read_position(const Row& row, plugins::PositionView& view) {
  view.quantity = row.get<Decimal>(0);
  view.average_price = row.get<Decimal>(1);
  view.dust = row.get<Decimal>(2);
  if (row.get<bool>(3)) view.plan = read_plan(row);
  if (const auto close = row.get<std::optional<Timestamp>>(9)) view.entry_close = close->ns();
  view.state = view.quantity.is_positive() ? EB_POSITION_OPEN : EB_POSITION_FLAT;
}

}  // namespace

Result<plugins::PositionView> load_position_view(store::Transaction& tx, const InstanceKey& key,
                                                 std::chrono::seconds signal_period) {
  const auto mode = to_string(key.mode);
  plugins::PositionView view;
  auto position = tx.exec(kPosition, key.owner, key.market, mode);
  if (!position) return position.error();
  if (!position->empty()) read_position(position->front(), view);

  auto open = tx.exec(kOpenIntent, key.owner, key.market, mode);
  if (!open) return open.error();
  if (!open->empty()) {
    view.state = EB_POSITION_PENDING;
    view.pending_intent = intent_of(open->front().text(0));
  }

  auto last = tx.exec(kLastIntent, key.owner, key.market, mode);
  if (!last) return last.error();
  if (!last->empty()) {
    const Row row = last->front();
    view.last_intent = intent_of(row.text(0));
    view.last_outcome = outcome_of(row.text(2));
    view.last_signal_close = signal_close(view.last_intent, row.get<Timestamp>(1), signal_period);
  }

  auto exit = tx.exec(kLastFullExit, key.owner, key.market, mode);
  if (!exit) return exit.error();
  if (!exit->empty()) {
    const Row row = exit->front();
    view.last_exit = intent_of(row.text(0));
    view.last_exit_close = signal_close(view.last_exit, row.get<Timestamp>(1), signal_period);
  }
  return view;
}

std::string plan_to_json(const plugins::Plan& plan) {
  JsonWriter json;
  const auto put = [&](std::string_view key, std::uint32_t flag, Decimal value) {
    if (plan.has(flag)) json.field(key, value);
  };
  json.begin_object();
  put("stop", EB_PLAN_STOP, plan.stop);
  put("stopDistance", EB_PLAN_STOP_DISTANCE, plan.stop_distance);
  put("trailTop", EB_PLAN_TRAIL_STARTED, plan.trail_top);
  json.field("tp1Taken", plan.has(EB_PLAN_TP1_TAKEN)).field("own", plan.own).end_object();
  return json.take();
}

}  // namespace everbit::trading

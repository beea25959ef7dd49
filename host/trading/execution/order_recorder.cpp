#include "trading/execution/order_recorder.h"

#include "base/crash_point.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "trading/execution/suspension.h"

namespace everbit::trading {
namespace {

using plugins::Order;
using store::Row;
using store::Sql;

// Never backwards: a final state stays, sums only grow.
constexpr Sql kUpdateOrder{R"sql(
  UPDATE upbit_order
  SET state = CASE WHEN state IN ('done', 'cancel') THEN state ELSE $2 END,
      executed_volume = greatest(executed_volume, coalesce($3::numeric, 0)),
      paid_fee = greatest(paid_fee, $4::numeric),
      price = coalesce(price, $5::numeric), volume = coalesce(volume, $6::numeric),
      ordered_at = coalesce(ordered_at, $7::timestamptz)
  WHERE upbit_uuid = $1)sql"};

constexpr Sql kFindAttempt{R"sql(
  SELECT a.id, a.public_id, a.status, a.error_code, i.id, i.public_id, i.intent_type, i.strategy_key,
         s.signal_json ->> 'traceId', a.market
  FROM order_attempt a
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  WHERE a.identifier = $1)sql"};

constexpr Sql kInsertOrder{R"sql(
  INSERT INTO upbit_order (owner_id, mode, market, upbit_uuid, identifier, origin, order_attempt_id, side,
                           ord_type, time_in_force, state, price, volume, executed_volume, paid_fee,
                           ordered_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))sql"};

constexpr Sql kAcknowledge{R"sql(
  UPDATE order_attempt SET status = 'ACKED', upbit_uuid = $2, error_code = NULL, error_message = NULL
  WHERE id = $1)sql"};

// SENT and UNKNOWN wait for this; the two absences are overruled by it.
bool may_be_acknowledged(std::string_view status, std::string_view error_code) {
  if (status == "SENT" || status == "UNKNOWN") return true;
  return status == "REJECTED" && (error_code == "ABSENT" || error_code == "NOT_FOUND_CONFIRMED");
}

std::string_view state_text(plugins::OrderState state) {
  switch (state) {
    case plugins::OrderState::kDone:
      return "done";
    case plugins::OrderState::kCancel:
      return "cancel";
    case plugins::OrderState::kWatch:
      return "watch";
    default:
      return "wait";
  }
}

std::string_view type_text(plugins::OrderType type) {
  switch (type) {
    case plugins::OrderType::kPrice:
      return "price";
    case plugins::OrderType::kMarket:
      return "market";
    case plugins::OrderType::kBest:
      return "best";
    default:
      return "limit";
  }
}

std::optional<std::string> tif_text(plugins::TimeInForce tif) {
  switch (tif) {
    case plugins::TimeInForce::kIoc:
      return "ioc";
    case plugins::TimeInForce::kFok:
      return "fok";
    case plugins::TimeInForce::kPostOnly:
      return "post_only";
    default:
      return std::nullopt;
  }
}

std::optional<Timestamp> ordered_at(const Order& order) {
  if (order.created_at == Timestamp()) return std::nullopt;
  return order.created_at;
}

std::optional<std::string> non_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

struct OrderRecorder::AttemptRow {
  AttemptId id;
  Uuid public_id;
  std::string status;
  std::string error_code;
  IntentId intent;
  Uuid intent_public_id;
  IntentType intent_type = IntentType::kEntry;
  std::string strategy_key;
  std::string trace_id;
  std::string market;
};

bool OrderRecorder::carries_our_tag(const std::string& identifier) const {
  return identifier.starts_with(tag_prefix());
}

Result<OrderRecorder::Recorded> OrderRecorder::record(store::Transaction& tx, const Order& order) {
  auto updated = tx.exec(kUpdateOrder, order.uuid, state_text(order.state), order.executed_volume,
                         order.paid_fee, order.price, order.volume, ordered_at(order));
  if (!updated) return updated.error();
  if (updated->affected() > 0) return Recorded::kKnown;

  auto attempt = find_attempt(tx, order.identifier);
  if (!attempt) return attempt.error();
  if (*attempt && (*attempt)->market == order.market &&
      may_be_acknowledged((*attempt)->status, (*attempt)->error_code)) {
    return accept(tx, order, **attempt);
  }
  if (*attempt || carries_our_tag(order.identifier)) return adopt_orphan(tx, order);
  if (auto inserted = insert(tx, order, "FOREIGN", std::nullopt); !inserted) {
    return inserted.error();
  }
  return Recorded::kForeign;
}

Result<std::optional<OrderRecorder::AttemptRow>> OrderRecorder::find_attempt(
    store::Transaction& tx, const std::string& identifier) const {
  if (identifier.empty()) return std::optional<AttemptRow>();
  auto rows = tx.exec(kFindAttempt, identifier);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<AttemptRow>();
  const Row row = rows->front();
  AttemptRow attempt;
  attempt.id = row.get<AttemptId>(0);
  attempt.public_id = row.get<Uuid>(1);
  attempt.status = row.get<std::string>(2);
  attempt.error_code = row.text(3);
  attempt.intent = row.get<IntentId>(4);
  attempt.intent_public_id = row.get<Uuid>(5);
  attempt.intent_type = parse_intent_type(row.text(6)).value_or(IntentType::kExitManual);
  attempt.strategy_key = row.get<std::string>(7);
  attempt.trace_id = row.text(8);
  attempt.market = row.get<std::string>(9);
  return std::optional<AttemptRow>(std::move(attempt));
}

Result<void> OrderRecorder::insert(store::Transaction& tx, const Order& order,
                                   std::string_view origin,
                                   std::optional<AttemptId> attempt) const {
  auto inserted = tx.exec(
      kInsertOrder, parts_.owner, to_string(parts_.mode), order.market, order.uuid,
      non_empty(order.identifier), origin, attempt, order.side == Side::kBuy ? "bid" : "ask",
      type_text(order.type), tif_text(order.time_in_force), state_text(order.state), order.price,
      order.volume, order.executed_volume.value_or(Decimal()), order.paid_fee, ordered_at(order));
  if (!inserted) return inserted.error();
  return {};
}

Result<OrderRecorder::Recorded> OrderRecorder::accept(store::Transaction& tx, const Order& order,
                                                      const AttemptRow& attempt) {
  if (auto acked = tx.exec(kAcknowledge, attempt.id, order.uuid); !acked) return acked.error();
  if (auto inserted = insert(tx, order, "OURS", attempt.id); !inserted) return inserted.error();
  crash_point(CrashPoint::kOrderAccepted);
  if (attempt.status == "REJECTED") {
    log_critical("absent_order_showed_up", {{"market", order.market}, {"uuid", order.uuid}});
    const Suspension suspension{parts_.owner, order.market, "ABSENT_ORDER_SHOWED_UP",
                                attempt.trace_id};
    if (auto done = suspend_market(tx, parts_.outbox, suspension); !done) return done.error();
  }
  JsonWriter payload;
  payload.begin_object()
      .field("intentPublicId", attempt.intent_public_id)
      .field("attemptPublicId", attempt.public_id)
      .field("upbitUuid", order.uuid)
      .field("identifier", order.identifier)
      .field("side", to_string(order.side))
      .field("intentType", to_string(attempt.intent_type))
      .field("price", order.price)
      .field("volume", order.volume)
      .end_object();
  auto told = parts_.outbox.add(
      tx, {kTradeEvents, "OrderAccepted", "order_attempt", attempt.id.value(), order.market,
           attempt.strategy_key, attempt.trace_id, payload.take(), std::nullopt});
  if (!told) return told.error();
  log_info("order_accepted", {{"market", order.market},
                              {"intent", to_string(attempt.intent_type)},
                              {"upbit_uuid", order.uuid},
                              {"identifier", order.identifier},
                              {"trace_id", attempt.trace_id}});
  return Recorded::kAccepted;
}

Result<OrderRecorder::Recorded> OrderRecorder::adopt_orphan(store::Transaction& tx,
                                                            const Order& order) {
  log_critical("orphan_order",
               {{"market", order.market}, {"uuid", order.uuid}, {"identifier", order.identifier}});
  if (auto inserted = insert(tx, order, "ORPHAN", std::nullopt); !inserted) {
    return inserted.error();
  }
  const Suspension suspension{parts_.owner, order.market, "ORPHAN_ORDER", ""};
  if (auto done = suspend_market(tx, parts_.outbox, suspension); !done) return done.error();
  return Recorded::kOrphan;
}

}  // namespace everbit::trading

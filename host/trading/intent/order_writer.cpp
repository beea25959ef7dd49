#include "trading/intent/order_writer.h"

#include "base/crash_point.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "trading/intent/order_request.h"
#include "trading/risk/reason.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr Sql kInsertIntent{R"sql(
  INSERT INTO order_intent (public_id, owner_id, mode, market, signal_id, intent_type, side, strategy_key,
                            strategy_generation, requested_krw, requested_volume, entry_intent_id, status,
                            reason_code)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, left($14, 64))
  RETURNING id)sql"};

constexpr Sql kInsertAttempt{R"sql(
  INSERT INTO order_attempt (public_id, owner_id, mode, market, order_intent_id, attempt_no, identifier,
                             request_json)
  VALUES ($1, $2, $3, $4, $5, 1, $6, $7::jsonb)
  RETURNING id)sql"};

constexpr Sql kSupersedeAttempt{R"sql(
  UPDATE order_attempt SET status = 'SUSPENDED', error_code = 'SUPERSEDED'
  WHERE id = $1 AND status = 'PREPARED')sql"};
constexpr Sql kSupersedeIntent{R"sql(
  UPDATE order_intent SET status = 'CANCELED', reason_code = 'SUPERSEDED'
  WHERE id = $1 AND status = 'CREATED')sql"};

}  // namespace

Result<std::optional<PlacedOrder>> OrderWriter::place(store::TradingTransaction& tx,
                                                      const OrderOrigin& origin,
                                                      const NewOrder& order) const {
  // The row is in the transaction; what this process was told meanwhile is not.
  const Restriction told = parts_.account_switch.restriction();
  const bool closed = !permits(told.position, order.type) ||
                      (order.type != IntentType::kExitManual && told.stops(origin.strategy_key));
  if (closed) {
    auto refused = refuse(tx, origin, order, std::string(code_of(RefusalReason::kAccountOff)));
    if (!refused) return refused.error();
    return std::optional<PlacedOrder>();
  }
  auto intent = insert_intent(tx, origin, order, std::nullopt);
  if (!intent) return intent.error();
  crash_point(CrashPoint::kIntentInserted);
  if (auto attempt = insert_attempt(tx, origin, intent->id, order); !attempt) {
    return attempt.error();
  }
  log_info("intent_created", {{"market", origin.market},
                              {"intent", to_string(order.type)},
                              {"krw", order.krw.value_or(Decimal())},
                              {"volume", order.volume.value_or(Decimal())},
                              {"trace_id", origin.trace_id}});
  return std::optional<PlacedOrder>(*intent);
}

Result<PlacedOrder> OrderWriter::refuse(store::TradingTransaction& tx, const OrderOrigin& origin,
                                        const NewOrder& order,
                                        const std::string& reason_code) const {
  return insert_intent(tx, origin, order, reason_code);
}

Result<void> OrderWriter::supersede(store::TradingTransaction& tx, IntentId intent,
                                    AttemptId attempt) const {
  auto ended = tx.exec(kSupersedeAttempt, attempt);
  if (!ended) return ended.error();
  if (ended->affected() != 1) return Error("NOT_PREPARED", "the attempt is on its way");
  if (auto cancelled = tx.exec(kSupersedeIntent, intent); !cancelled) return cancelled.error();
  return {};
}

Result<PlacedOrder> OrderWriter::insert_intent(
    store::TradingTransaction& tx, const OrderOrigin& origin, const NewOrder& order,
    const std::optional<std::string>& cancelled_by) const {
  const Uuid public_id = Uuid::make_v7(parts_.clock.now());
  auto intent =
      tx.exec(kInsertIntent, public_id, origin.owner, to_string(origin.mode), origin.market,
              origin.signal, to_string(order.type), to_string(side_of(order.type)),
              origin.strategy_key, origin.generation, order.krw, order.volume, order.entry_intent,
              cancelled_by ? "CANCELED" : "CREATED", cancelled_by);
  if (!intent) return intent.error();
  return PlacedOrder{intent->front().get<IntentId>(0), public_id};
}

Result<void> OrderWriter::insert_attempt(store::TradingTransaction& tx, const OrderOrigin& origin,
                                         IntentId intent, const NewOrder& order) const {
  const Uuid attempt = Uuid::make_v7(parts_.clock.now());
  const std::string identifier = make_identifier(parts_.installation_tag, attempt);
  const OrderRequest request =
      order.krw ? entry_request(origin.market, *order.krw, identifier)
                : exit_request(order.type, origin.market, *order.volume, identifier);
  auto inserted = tx.exec(kInsertAttempt, attempt, origin.owner, to_string(origin.mode),
                          origin.market, intent, identifier, to_json(request));
  if (!inserted) return inserted.error();
  crash_point(CrashPoint::kAttemptInserted);
  JsonWriter payload;
  payload.begin_object().field("attemptPublicId", attempt).end_object();
  return parts_.outbox.add(
      tx.transaction(), {kTradeCommands, "CreateOrderAttempt", "order_attempt",
                         inserted->front().get<std::int64_t>(0), origin.market, origin.strategy_key,
                         origin.trace_id, payload.take(), std::nullopt});
}

}  // namespace everbit::trading

#include "trading/settlement/owner_acts.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "store/trading_transaction.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;
using store::TradingTransaction;

constexpr Sql kMarketOfAttempt{R"sql(
  SELECT market FROM order_attempt WHERE owner_id = $1 AND public_id = $2)sql"};

constexpr Sql kAttempt{R"sql(
  SELECT a.id, a.status, a.sent_at, a.lookups_not_found, clock_timestamp(), i.id, i.public_id,
         i.intent_type, i.strategy_key, s.signal_json ->> 'traceId', a.market
  FROM order_attempt a
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  WHERE a.owner_id = $1 AND a.public_id = $2)sql"};

constexpr Sql kQuarantine{R"sql(
  SELECT sent_at, lookups_not_found, clock_timestamp(), status FROM order_attempt
  WHERE owner_id = $1 AND public_id = $2)sql"};

constexpr Sql kResolve{R"sql(
  UPDATE order_attempt
  SET status = 'REJECTED', error_code = 'ABSENT', error_message = 'resolved by the owner'
  WHERE id = $1)sql"};

constexpr Sql kCancelIntent{R"sql(
  UPDATE order_intent SET status = 'CANCELED', reason_code = 'ABSENT'
  WHERE id = $1 AND status = 'CREATED')sql"};

constexpr Sql kMarketOfOrder{R"sql(
  SELECT market FROM upbit_order WHERE owner_id = $1 AND upbit_uuid = $2)sql"};

constexpr Sql kTraderLives{R"sql(
  SELECT 1 FROM trader_instance WHERE owner_id = $1 AND instance_alive(instance))sql"};

constexpr Sql kRequestCancel{R"sql(
  UPDATE upbit_order SET cancel_requested_at = clock_timestamp()
  WHERE owner_id = $1 AND upbit_uuid = $2 AND origin = 'OURS' AND stuck_at IS NOT NULL
    AND state NOT IN ('done', 'cancel'))sql"};

constexpr Sql kAudit{R"sql(
  INSERT INTO audit_log (owner_id, actor, actor_uid, action, target, before_json, after_json)
  VALUES ($1, $2, $3, $4, $5, $6, $7))sql"};

Result<TradingTransaction> begin_in_market_of(store::Pool& pool, OwnerId owner, Sql find,
                                              const Uuid& id, const char* missing,
                                              Deadline deadline) {
  auto rows = pool.exec(deadline, find, owner, id);
  if (!rows) return rows.error();
  if (rows->empty()) return Error(missing, "there is none of that id", id.to_string());
  store::Locks locks;
  locks.markets = {rows->front().get<std::string>(0)};
  return TradingTransaction::begin(pool, owner, locks, deadline);
}

std::string one_field(std::string_view name, std::string_view value) {
  JsonWriter json;
  return json.begin_object().field(name, value).end_object().take();
}

Result<void> commit(TradingTransaction& tx) {
  const auto result = tx.commit();
  if (result.undecided()) {
    return Error("COMMIT_UNDECIDED", "the database did not answer: it may be stored or not");
  }
  if (!result.committed()) return result.error;
  return {};
}

Result<void> check_resolvable(const Row& row) {
  if (row.text(1) != "UNKNOWN") {
    return Error("NOT_UNKNOWN", "the attempt is " + std::string(row.text(1)));
  }
  const Quarantine quarantine =
      quarantine_of(row.get<Timestamp>(2), row.get<int>(3), row.get<Timestamp>(4));
  if (quarantine.over) return {};
  return Error("QUARANTINE", "its order may still show up: wait until " +
                                 quarantine.until.to_iso() + " and for " +
                                 std::to_string(Quarantine::kLookups) +
                                 " look-ups that Upbit answers with order_not_found; so far " +
                                 std::to_string(quarantine.lookups));
}

Result<void> tell_rejected(TradingTransaction& tx, Outbox& outbox, const Row& row,
                           const Uuid& attempt) {
  JsonWriter payload;
  payload.begin_object()
      .field("intentPublicId", row.get<Uuid>(6))
      .field("attemptPublicId", attempt)
      .field("intentType", row.text(7))
      .field("errorCode", "ABSENT")
      .field("errorMessage", "resolved by the owner")
      .end_object();
  return outbox.add(tx.transaction(),
                    {kTradeEvents, "OrderRejected", "order_attempt", row.get<std::int64_t>(0),
                     row.get<std::string>(10), row.get<std::string>(8), std::string(row.text(9)),
                     payload.take(), std::nullopt});
}

}  // namespace

Result<void> resolve_absent(store::Pool& pool, OwnerId owner, const Uuid& attempt,
                            const Actor& actor, Outbox* outbox, Deadline deadline) {
  auto tx =
      begin_in_market_of(pool, owner, kMarketOfAttempt, attempt, "ATTEMPT_NOT_FOUND", deadline);
  if (!tx) return tx.error();
  auto rows = tx->exec(kAttempt, owner, attempt);
  if (!rows) return rows.error();
  const Row row = rows->front();
  if (auto allowed = check_resolvable(row); !allowed) return allowed.error();
  if (auto done = tx->exec(kResolve, row.get<AttemptId>(0)); !done) return done.error();
  if (auto done = tx->exec(kCancelIntent, row.get<IntentId>(5)); !done) return done.error();
  auto audited =
      tx->exec(kAudit, owner, actor.name, actor.uid, "attempt_resolve", attempt.to_string(),
               one_field("status", "UNKNOWN"), one_field("status", "REJECTED ABSENT"));
  if (!audited) return audited.error();
  if (outbox != nullptr) {
    if (auto told = tell_rejected(*tx, *outbox, row, attempt); !told) return told.error();
  }
  log_warn("unknown_resolved_by_owner", {{"attempt", attempt.to_string()}, {"actor", actor.name}});
  auto committed = commit(*tx);
  if (committed && outbox != nullptr) outbox->committed();
  return committed;
}

Result<Quarantine> read_quarantine(store::Pool& pool, OwnerId owner, const Uuid& attempt,
                                   Deadline deadline) {
  auto rows = pool.exec(deadline, kQuarantine, owner, attempt);
  if (!rows) return rows.error();
  if (rows->empty()) return Error("ATTEMPT_NOT_FOUND", "there is none of that id");
  const Row row = rows->front();
  if (row.text(3) != "UNKNOWN") return Error("NOT_UNKNOWN", "it has ended");
  return quarantine_of(row.get<Timestamp>(0), row.get<int>(1), row.get<Timestamp>(2));
}

Result<void> request_cancel(store::Pool& pool, OwnerId owner, const Uuid& order_uuid,
                            const Actor& actor, Deadline deadline) {
  auto tx =
      begin_in_market_of(pool, owner, kMarketOfOrder, order_uuid, "ORDER_NOT_FOUND", deadline);
  if (!tx) return tx.error();
  auto trader = tx->exec(kTraderLives, owner);
  if (!trader) return trader.error();
  if (trader->empty()) return Error("NO_TRADER", "no trader runs that could ask Upbit");
  auto requested = tx->exec(kRequestCancel, owner, order_uuid);
  if (!requested) return requested.error();
  if (requested->affected() == 0) {
    return Error("NOT_STUCK",
                 "no order of ours that ORDER_STUCK was raised for and that still waits",
                 order_uuid.to_string());
  }
  auto audited = tx->exec(kAudit, owner, actor.name, actor.uid, "order_cancel",
                          order_uuid.to_string(), std::nullopt, one_field("status", "REQUESTED"));
  if (!audited) return audited.error();
  return commit(*tx);
}

}  // namespace everbit::trading

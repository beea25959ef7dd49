#include "store/old_data.h"

#include "base/log.h"
#include "store/transaction.h"

namespace everbit::store {
namespace {

constexpr Sql kIsOlder{R"sql(
  SELECT NOT EXISTS (SELECT FROM old_data WHERE high_water >= $1)
     AND (NOT EXISTS (SELECT FROM order_attempt WHERE public_id >= $1)
          OR EXISTS (SELECT FROM order_attempt WHERE public_id = $1 AND status = 'PREPARED')))sql"};

// Whose life the locks of a running trader would guard is over: nobody else writes here now.
constexpr std::string_view kSettle = R"sql(
DECLARE
  was text := (SELECT account_position FROM kill_switch);
  newest timestamptz := (SELECT max(created_at) FROM order_attempt);
  suspended integer;
  made integer;
  queued integer;
  delayed integer;
BEGIN
  UPDATE kill_switch
  SET account_position = 'OFF', flatten_active = false, reason_code = 'RESTORED',
      changed_by = 'everbit', changed_at = now();
  UPDATE order_intent i SET status = 'CANCELED', reason_code = 'RESTORED'
  WHERE status = 'CREATED' AND EXISTS (
    SELECT FROM order_attempt a WHERE a.order_intent_id = i.id AND a.status = 'PREPARED');
  UPDATE order_attempt SET status = 'SUSPENDED', error_code = 'RESTORED' WHERE status = 'PREPARED';
  GET DIAGNOSTICS suspended = ROW_COUNT;
  UPDATE order_attempt SET status = 'UNKNOWN', error_code = 'RESTORED', unknown_at = now()
  WHERE status = 'SENT';
  GET DIAGNOSTICS made = ROW_COUNT;
  DELETE FROM outbox_queue q USING outbox_group g
  WHERE g.stream = 'everbit.trade.command'
    AND q.lane >= g.group_base AND q.lane < g.group_base + g.lanes;
  GET DIAGNOSTICS queued = ROW_COUNT;
  DELETE FROM outbox_delayed q USING outbox_group g
  WHERE g.stream = 'everbit.trade.command'
    AND q.lane >= g.group_base AND q.lane < g.group_base + g.lanes;
  GET DIAGNOSTICS delayed = ROW_COUNT;
  DELETE FROM strategy_state;
  INSERT INTO old_data (owner_id, cause, high_water, newest_attempt_at, suspended, made_unknown,
                        commands_dropped)
  SELECT id, the_cause, the_mark, newest, suspended, made, queued + delayed FROM app_user;
  INSERT INTO audit_log (owner_id, actor, action, target, before_json, after_json)
  SELECT id, 'everbit', 'kill_switch', 'account', jsonb_build_object('position', was),
         jsonb_build_object('position', 'OFF', 'reasonCode', 'RESTORED', 'cause', the_cause)
  FROM app_user;
END)sql";

}  // namespace

std::string settle_old_data_sql(OldDataCause cause, const std::optional<Uuid>& high_water) {
  const std::string word = cause == OldDataCause::kRestore ? "RESTORE" : "HIGH_WATER";
  std::string sql =
      "DO $settle$\nDECLARE\n  the_cause text := '" + word + "';\n  the_mark uuid := " +
      (high_water ? "'" + high_water->to_string() + "'" : std::string("NULL")) + ";\nBEGIN";
  sql += kSettle;
  return sql += ";\nEND $settle$;\n";
}

Result<bool> is_older_than(Pool& pool, const Uuid& high_water, Deadline deadline) {
  auto rows = pool.exec(deadline, kIsOlder, high_water);
  if (!rows) return rows.error();
  return rows->front().get<bool>(0);
}

Result<bool> settle_if_old(Pool& pool, const std::optional<Uuid>& high_water, bool unreadable,
                           Deadline deadline) {
  if (!unreadable) {
    if (!high_water) return false;
    const auto older = is_older_than(pool, *high_water, deadline);
    if (!older || !*older) return older;
  }
  auto tx = Transaction::begin(pool, deadline);
  if (!tx) return tx.error();
  const std::string text = settle_old_data_sql(OldDataCause::kHighWater, high_water);
  if (auto settled = tx->exec(Sql{text}); !settled) return settled.error();
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  log_critical("old_data", {{"high_water", high_water ? high_water->to_string() : "unreadable"},
                            {"account", "OFF"}});
  return true;
}

}  // namespace everbit::store

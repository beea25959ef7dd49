#include "trading/reconcile/run_log.h"

#include "base/clock.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr std::chrono::seconds kBudget{5};

constexpr Sql kRunning{R"sql(
  SELECT public_id FROM reconcile_run
  WHERE owner_id = $1 AND result IS NULL AND started_at IS NOT NULL AND cause = 'DEMAND'
    AND (scope = 'full' OR scope = $2)
  ORDER BY id DESC LIMIT 1)sql"};

// Who asks while one waits shares its row, with the wider scope of both.
constexpr Sql kRequest{R"sql(
  INSERT INTO reconcile_run AS r (public_id, owner_id, scope, cause, requested_by)
  VALUES ($1, $2, $3, 'DEMAND', left($4, 128))
  ON CONFLICT (owner_id) WHERE started_at IS NULL DO UPDATE
  SET scope = CASE WHEN excluded.scope = 'full' THEN 'full' ELSE r.scope END
  RETURNING public_id)sql"};

constexpr Sql kState{R"sql(
  SELECT coalesce(result, CASE WHEN started_at IS NULL THEN 'WAITING' ELSE 'RUNNING' END)
  FROM reconcile_run WHERE public_id = $1)sql"};

constexpr Sql kAbandon{R"sql(
  UPDATE reconcile_run SET finished_at = now(), result = 'ABANDONED'
  WHERE owner_id = $1 AND started_at IS NOT NULL AND result IS NULL)sql"};

constexpr Sql kTake{R"sql(
  UPDATE reconcile_run SET started_at = now() WHERE owner_id = $1 AND started_at IS NULL
  RETURNING id, public_id, scope)sql"};

constexpr Sql kBegin{R"sql(
  INSERT INTO reconcile_run (public_id, owner_id, scope, cause, requested_by, started_at)
  VALUES ($1, $2, $3, $4, 'trader', now()) RETURNING id)sql"};

constexpr Sql kFinish{R"sql(
  UPDATE reconcile_run
  SET finished_at = now(), result = $2, repaired = $3, closed_until = $4
  WHERE id = $1)sql"};

constexpr Sql kForget{R"sql(
  DELETE FROM reconcile_run
  WHERE owner_id = $1 AND finished_at < now() - interval '7 days'
    AND id < (SELECT max(id) FROM reconcile_run
              WHERE owner_id = $1 AND closed_until IS NOT NULL))sql"};

constexpr Sql kClosedUntil{R"sql(
  SELECT max(closed_until) FROM reconcile_run WHERE owner_id = $1 AND result = 'DONE')sql"};

std::string_view text_of(ReconcileCause cause) {
  switch (cause) {
    case ReconcileCause::kStart:
      return "START";
    case ReconcileCause::kReconnect:
      return "RECONNECT";
    case ReconcileCause::kSchedule:
      return "SCHEDULE";
    case ReconcileCause::kDemand:
      break;
  }
  return "DEMAND";
}

Deadline budget() { return Deadline::after(kBudget); }

}  // namespace

std::string_view to_string(ReconcileScope scope) {
  return scope == ReconcileScope::kFull ? "full" : "open_orders_only";
}

Result<Uuid> RunLog::request(ReconcileScope scope, const std::string& by) {
  auto there = pool_.exec(budget(), kRunning, owner_, to_string(scope));
  if (!there) return there.error();
  if (!there->empty()) return there->front().get<Uuid>(0);
  auto made = pool_.exec(budget(), kRequest, Uuid::make_v7(SystemClock().now()), owner_,
                         to_string(scope), by);
  if (!made) return made.error();
  return made->front().get<Uuid>(0);
}

Result<std::optional<std::string>> RunLog::state(const Uuid& run) {
  auto rows = pool_.exec(budget(), kState, run);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<std::string>();
  return std::optional(rows->front().get<std::string>(0));
}

Result<void> RunLog::abandon_old() {
  auto done = pool_.exec(budget(), kAbandon, owner_);
  if (!done) return done.error();
  return {};
}

Result<std::optional<ReconcileRun>> RunLog::take_waiting() {
  auto rows = pool_.exec(budget(), kTake, owner_);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<ReconcileRun>();
  const Row row = rows->front();
  return std::optional(ReconcileRun{
      row.get<std::int64_t>(0), row.get<Uuid>(1),
      row.text(2) == "full" ? ReconcileScope::kFull : ReconcileScope::kOpenOrdersOnly});
}

Result<ReconcileRun> RunLog::begin(ReconcileScope scope, ReconcileCause cause) {
  ReconcileRun run{0, Uuid::make_v7(SystemClock().now()), scope};
  auto rows = pool_.exec(budget(), kBegin, run.public_id, owner_, to_string(scope), text_of(cause));
  if (!rows) return rows.error();
  run.id = rows->front().get<std::int64_t>(0);
  return run;
}

Result<void> RunLog::finish(const ReconcileRun& run, ReconcileResult result, int repaired,
                            std::optional<Timestamp> closed_until) {
  auto done =
      pool_.exec(budget(), kFinish, run.id,
                 result == ReconcileResult::kDone ? "DONE" : "INCOMPLETE", repaired, closed_until);
  if (!done) return done.error();
  auto forgotten = pool_.exec(budget(), kForget, owner_);
  if (!forgotten) return forgotten.error();
  return {};
}

Result<std::optional<Timestamp>> RunLog::closed_until() {
  auto rows = pool_.exec(budget(), kClosedUntil, owner_);
  if (!rows) return rows.error();
  return rows->front().get<std::optional<Timestamp>>(0);
}

}  // namespace everbit::trading

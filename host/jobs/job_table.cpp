#include "jobs/job_table.h"

#include <openssl/evp.h>

#include <array>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/random.h"
#include "jobs/result_file.h"

namespace everbit::jobs {
namespace {

using store::Sql;

constexpr std::chrono::seconds kBudget{5};
constexpr std::chrono::seconds kResultBudget{60};

#define ITEM                                                                             \
  "public_id, status, created_at, started_at, finished_at, error_code, progress::text, " \
  "request_json::text"

constexpr Sql kForgetKeys{R"sql(
  UPDATE backtest_job SET idempotency_key = NULL
  WHERE idempotency_key = $1 AND created_at < now() - interval '24 hours')sql"};
constexpr Sql kByKey{"SELECT request_sha256, " ITEM
                     " FROM backtest_job WHERE idempotency_key = $1"};
// Serialises those who queue, so that the limit holds.
constexpr Sql kLockQueue{"LOCK TABLE backtest_job IN SHARE ROW EXCLUSIVE MODE"};
constexpr Sql kWaiting{"SELECT count(*) FROM backtest_job WHERE status = 'QUEUED'"};
constexpr Sql kInsert{
    "INSERT INTO backtest_job (public_id, owner_id, idempotency_key,"
    " request_sha256, request_json, strategy_key, strategy_sha256)"
    " VALUES ($1, $2, $3, $4, $5::json, $6, $7) RETURNING id, " ITEM};
constexpr Sql kFind{"SELECT " ITEM " FROM backtest_job WHERE public_id = $1"};
constexpr Sql kPage{"SELECT " ITEM
                    " FROM backtest_job WHERE $2::uuid IS NULL OR (created_at, id) <"
                    " (SELECT created_at, id FROM backtest_job WHERE public_id = $2)"
                    " ORDER BY created_at DESC, id DESC LIMIT $1"};
// Whoever runs it sees that the job is no longer his; until its child is gone nothing else begins.
constexpr Sql kCancel{
    "UPDATE backtest_job SET cancel_requested = true, status = 'FAILED',"
    " error_code = 'CANCELED', finished_at = now()"
    " WHERE public_id = $1 AND status IN ('QUEUED', 'RUNNING') RETURNING " ITEM ", id"};
#undef ITEM

constexpr Sql kClaim{R"sql(
  UPDATE backtest_job
  SET status = 'RUNNING', attempt_count = attempt_count + 1,
      started_at = coalesce(started_at, now())
  WHERE public_id = $1 AND status IN ('QUEUED', 'RUNNING') AND attempt_count < $2
  RETURNING id, attempt_count, request_json::text)sql"};
// Lost too often.
constexpr Sql kGiveUp{R"sql(
  UPDATE backtest_job SET status = 'FAILED', finished_at = now(), error_code = 'WORKER_LOST'
  WHERE public_id = $1 AND status IN ('QUEUED', 'RUNNING')
  RETURNING id)sql"};
constexpr Sql kGoesOn{R"sql(
  SELECT 1 FROM backtest_job WHERE id = $1 AND status = 'RUNNING' AND attempt_count = $2)sql"};
// It never falls, also when the job begins again.
constexpr Sql kProgress{R"sql(
  UPDATE backtest_job
  SET progress = CASE WHEN (progress ->> 'percent')::int > $4 THEN progress ELSE $3::jsonb END
  WHERE id = $1 AND status = 'RUNNING' AND attempt_count = $2
  RETURNING progress::text)sql"};
constexpr Sql kDone{R"sql(
  UPDATE backtest_job SET status = 'DONE', finished_at = now(), strategy_version = $3,
         data_sha256 = $4, progress = $5::jsonb
  WHERE id = $1 AND status = 'RUNNING' AND attempt_count = $2)sql"};
constexpr Sql kFailed{R"sql(
  UPDATE backtest_job SET status = 'FAILED', finished_at = now(), error_code = left($3, 64),
         error_details = $4::jsonb
  WHERE id = $1 AND status = 'RUNNING' AND attempt_count = $2)sql"};
constexpr Sql kGiveBack{R"sql(
  UPDATE backtest_job SET status = 'QUEUED', attempt_count = attempt_count - 1
  WHERE id = $1 AND status = 'RUNNING' AND attempt_count = $2)sql"};
constexpr Sql kResult{R"sql(
  INSERT INTO backtest_result (backtest_job_id, owner_id, run_no, request_json, data_json,
                               metrics_json, signals_json, trades_json, refused_entries_json,
                               decisions_json, equity_json)
  VALUES ($1, $2, $3, $4::json, $5::json, $6::json, $7::json, $8::json, $9::json, $10::json,
          $11::json))sql"};
constexpr Sql kRuns{R"sql(
  SELECT r.run_no, r.request_json::text, r.metrics_json::text
  FROM backtest_result r JOIN backtest_job j ON j.id = r.backtest_job_id
  WHERE j.public_id = $1 ORDER BY r.run_no)sql"};
constexpr Sql kActive{R"sql(
  SELECT sha256 FROM strategy_activation WHERE owner_id = $1 AND strategy_key = $2)sql"};
constexpr Sql kPart{R"sql(
  SELECT j.status, CASE $3 WHEN 'trades_json' THEN r.trades_json::text
                           WHEN 'equity_json' THEN r.equity_json::text
                           WHEN 'data_json' THEN r.data_json::text
                           WHEN 'signals_json' THEN r.signals_json::text
                           ELSE r.metrics_json::text END
  FROM backtest_job j LEFT JOIN backtest_result r ON r.backtest_job_id = j.id AND r.run_no = $2
  WHERE j.public_id = $1)sql"};

JobItem item_of(const store::Row& row, int at = 0) {
  JobItem item;
  item.public_id = row.get<Uuid>(at);
  item.status = row.get<std::string>(at + 1);
  item.created_at = row.get<Timestamp>(at + 2);
  item.started_at = row.get<std::optional<Timestamp>>(at + 3);
  item.finished_at = row.get<std::optional<Timestamp>>(at + 4);
  item.error_code = row.get<std::optional<std::string>>(at + 5);
  item.progress_json = row.is_null(at + 6) ? "null" : row.get<std::string>(at + 6);
  item.request_json = row.get<std::string>(at + 7);
  return item;
}

std::string sha256_of(std::string_view text) {
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return to_hex(digest);
}

std::string status_json(const Uuid& job, std::string_view status,
                        const std::optional<std::string>& error) {
  return JsonWriter()
      .begin_object()
      .field("jobPublicId", job)
      .field("status", status)
      .field("errorCode", error)
      .end_object()
      .take();
}

std::string progress_json(const Progress& progress, Timestamp at) {
  return JsonWriter()
      .begin_object()
      .field("phase", progress.phase)
      .field("percent", progress.percent)
      .field("at", at)
      .end_object()
      .take();
}

Error lost() { return {"JOB_LOST", "another worker has the job, or it was cancelled"}; }

}  // namespace

Result<void> JobTable::tell(store::Transaction& tx, std::string_view type, std::int64_t id,
                            const std::string& payload) {
  const std::string_view stream = type == "BacktestRun" ? kCommands : kEvents;
  return parts_.outbox.add(tx, {stream, type, "backtest_job", id, "", "", "", payload, {}});
}

Result<std::optional<JobItem>> JobTable::replayed(store::Transaction& tx, const std::string& key,
                                                  const std::string& sha256) {
  auto forgotten = tx.exec(kForgetKeys, key);
  if (!forgotten) return forgotten.error();
  auto before = tx.exec(kByKey, key);
  if (!before) return before.error();
  if (before->empty()) return std::optional<JobItem>();
  if (before->front().text(0) != sha256) {
    return Error("IDEMPOTENCY_KEY_REUSED", "the key stands for another request");
  }
  JobItem item = item_of(before->front(), 1);
  item.replayed = true;
  return std::optional(std::move(item));
}

Result<JobItem> JobTable::create(const JobRequest& request, const std::optional<std::string>& key) {
  const std::string text = request.to_json();
  const std::string sha256 = sha256_of(text);
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  auto locked = tx->exec(kLockQueue);
  if (!locked) return locked.error();
  if (key) {
    auto first = replayed(*tx, *key, sha256);
    if (!first) return first.error();
    if (*first) return std::move(**first);
  }
  auto waiting = tx->exec(kWaiting);
  if (!waiting) return waiting.error();
  if (waiting->front().get<std::int64_t>(0) >= kMostWaiting) {
    return Error("BACKTEST_QUEUE_FULL", "20 jobs wait already");
  }
  const Uuid id = Uuid::make_v7(parts_.clock.now());
  auto made = tx->exec(kInsert, id, parts_.owner, key, sha256, text, request.strategy_key,
                       request.strategy_sha256);
  if (!made) return made.error();
  const auto row_id = made->front().get<std::int64_t>(0);
  const JobItem item = item_of(made->front(), 1);
  auto told = tell(*tx, "BacktestRun", row_id,
                   JsonWriter().begin_object().field("jobPublicId", id).end_object().take());
  if (!told) return told.error();
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  parts_.outbox.committed();
  return item;
}

Result<std::optional<JobItem>> JobTable::find(const Uuid& job) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kFind, job);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<JobItem>();
  return std::optional(item_of(rows->front()));
}

Result<std::vector<JobItem>> JobTable::page(int most, const std::optional<Uuid>& after) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kPage, most, after);
  if (!rows) return rows.error();
  std::vector<JobItem> items;
  for (const store::Row row : *rows) items.push_back(item_of(row));
  return items;
}

Result<std::vector<RunSummary>> JobTable::runs(const Uuid& job) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kRuns, job);
  if (!rows) return rows.error();
  std::vector<RunSummary> runs;
  for (const store::Row row : *rows) {
    runs.push_back({row.get<int>(0), row.get<std::string>(1), row.get<std::string>(2)});
  }
  return runs;
}

Result<ActiveStrategyFile> JobTable::active_strategy(const std::string& key) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kActive, parts_.owner, key);
  if (!rows) return rows.error();
  if (rows->empty()) return Error("STRATEGY_UNKNOWN", "no file of it was ever active", key);
  return ActiveStrategyFile{key, rows->front().get<std::string>(0)};
}

Result<JobItem> JobTable::cancel(const Uuid& job) {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  auto rows = tx->exec(kCancel, job);
  if (!rows) return rows.error();
  if (rows->empty()) {
    auto there = tx->exec(kFind, job);
    if (!there) return there.error();
    return there->empty() ? Error("JOB_NOT_FOUND", "there is no such job")
                          : Error("JOB_FINISHED", "the job has ended");
  }
  const JobItem item = item_of(rows->front());
  auto told = tell(*tx, "BacktestFinished", rows->front().get<std::int64_t>(8),
                   status_json(job, item.status, item.error_code));
  if (!told) return told.error();
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  parts_.outbox.committed();
  return item;
}

Result<std::string> JobTable::part(const Uuid& job, int run_no, std::string_view column) {
  auto rows = parts_.pool.exec(Deadline::after(kResultBudget), kPart, job, run_no, column);
  if (!rows) return rows.error();
  if (rows->empty()) return Error("JOB_NOT_FOUND", "there is no such job");
  if (rows->front().text(0) != "DONE") return Error("NOT_DONE", "the job has no result");
  if (rows->front().is_null(1)) return Error("JOB_NOT_FOUND", "there is no such run", "run");
  return rows->front().get<std::string>(1);
}

Result<std::optional<ClaimedJob>> JobTable::claim(const Uuid& job) {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  auto rows = tx->exec(kClaim, job, kMostLosses);
  if (!rows) return rows.error();
  std::optional<ClaimedJob> claimed;
  if (!rows->empty()) {
    const auto [id, attempt, request] = rows->front().as<std::int64_t, int, std::string>();
    claimed = ClaimedJob{id, job, attempt, request};
  } else {
    auto given_up = tx->exec(kGiveUp, job);
    if (!given_up) return given_up.error();
    if (!given_up->empty()) {
      log_error("backtest_given_up", {{"job", job.to_string()}});
      auto told = tell(*tx, "BacktestFinished", given_up->front().get<std::int64_t>(0),
                       status_json(job, "FAILED", "WORKER_LOST"));
      if (!told) return told.error();
    }
  }
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  parts_.outbox.committed();
  return claimed;
}

Result<bool> JobTable::may_go_on(const ClaimedJob& job) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kGoesOn, job.id, job.attempt);
  if (!rows) return rows.error();
  return !rows->empty();
}

Result<void> JobTable::set_progress(const ClaimedJob& job, const Progress& progress, bool on_bus) {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  const std::string text = progress_json(progress, parts_.clock.now());
  auto set = tx->exec(kProgress, job.id, job.attempt, text, progress.percent);
  if (!set) return set.error();
  if (set->empty()) return lost();
  if (on_bus) {
    auto told = tell(*tx, "BacktestProgress", job.id,
                     JsonWriter()
                         .begin_object()
                         .field("jobPublicId", job.public_id)
                         .key("progress")
                         .raw(set->front().get<std::string>(0))
                         .end_object()
                         .take());
    if (!told) return told;
  }
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  parts_.outbox.committed();
  return {};
}

Result<void> JobTable::finish(const ClaimedJob& job, const std::string& strategy_version,
                              const std::string& data_sha256,
                              const std::vector<ResultFile>& results) {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kResultBudget));
  if (!tx) return tx.error();
  auto done = tx->exec(kDone, job.id, job.attempt, strategy_version, data_sha256,
                       progress_json({"REPORT", 100}, parts_.clock.now()));
  if (!done) return done.error();
  if (done->affected() == 0) return lost();
  int number = 0;
  for (const ResultFile& result : results) {
    for (std::size_t i = 0; i < result.runs(); ++i) {
      const auto run = result.read(i);
      if (!run) return run.error();
      auto kept =
          tx->exec(kResult, job.id, parts_.owner, ++number, run->request, run->data, run->metrics,
                   run->signals, run->trades, run->refused_entries, run->decisions, run->equity);
      if (!kept) return kept.error();
    }
  }
  auto told = tell(*tx, "BacktestFinished", job.id, status_json(job.public_id, "DONE", {}));
  if (!told) return told;
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  parts_.outbox.committed();
  return {};
}

Result<void> JobTable::fail(const ClaimedJob& job, std::string_view code,
                            std::string_view details) {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  auto failed = tx->exec(kFailed, job.id, job.attempt, code,
                         JsonWriter().begin_object().field("message", details).end_object().take());
  if (!failed) return failed.error();
  if (failed->affected() == 0) return lost();
  auto told = tell(*tx, "BacktestFinished", job.id,
                   status_json(job.public_id, "FAILED", std::string(code)));
  if (!told) return told;
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  parts_.outbox.committed();
  return {};
}

Result<void> JobTable::give_back(const ClaimedJob& job) {
  auto back = parts_.pool.exec(Deadline::after(kBudget), kGiveBack, job.id, job.attempt);
  if (!back) return back.error();
  return {};
}

}  // namespace everbit::jobs

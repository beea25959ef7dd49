#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "jobs/job_request.h"
#include "store/ids.h"
#include "trading/outbox.h"

namespace everbit::jobs {

inline constexpr std::string_view kCommands = "everbit.backtest.command";
inline constexpr std::string_view kEvents = "everbit.backtest.event";
// A job that its worker lost so often is not tried again.
inline constexpr int kMostLosses = 3;
inline constexpr int kMostWaiting = 20;

// A job as lists show it.
struct JobItem {
  Uuid public_id;
  std::string status;  // QUEUED, RUNNING, DONE, FAILED
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
  std::optional<std::string> error_code;
  std::string progress_json;  // an object, or null
  std::string request_json;
  bool replayed = false;  // the answer to a repeated idempotency key
};

// A job that this worker holds. `attempt` is the fence: a worker that lost the job cannot write to
// it any more.
struct ClaimedJob {
  std::int64_t id = 0;
  Uuid public_id;
  int attempt = 0;
  std::string request_json;
};

// `percent` is of the whole job, not of the phase.
struct Progress {
  std::string_view phase;  // FETCH, RUN, REPORT
  int percent = 0;
};

// One run of a job that is DONE; the texts are as the run gave them.
struct RunSummary {
  int number = 0;
  std::string request_json;
  std::string metrics_json;
};

class ResultFile;

// The rows of jobs. Each call is a transaction of its own, with its event in it. Any thread.
class JobTable {
 public:
  struct Parts {
    store::Pool& pool;
    trading::Outbox& outbox;
    const Clock& clock;
    store::OwnerId owner;
  };
  explicit JobTable(Parts parts) : parts_(parts) {}

  // Queues a job and announces it. Codes: BACKTEST_QUEUE_FULL, IDEMPOTENCY_KEY_REUSED, those of the
  // store. A repeated key with the same request gives the first job.
  Result<JobItem> create(const JobRequest& request, const std::optional<std::string>& key);
  Result<std::optional<JobItem>> find(const Uuid& job);
  // Newest first, those before the job `after` if one is named.
  Result<std::vector<JobItem>> page(int most, const std::optional<Uuid>& after);
  // In their order; none before the job is DONE.
  Result<std::vector<RunSummary>> runs(const Uuid& job);
  // What the strategy of that key runs now. Code STRATEGY_UNKNOWN.
  Result<ActiveStrategyFile> active_strategy(const std::string& key);
  // The job is FAILED, CANCELED when this returns; the child of a running one is killed within a
  // second. Codes: JOB_NOT_FOUND, JOB_FINISHED.
  Result<JobItem> cancel(const Uuid& job);
  // A run's part as it is stored: "trades_json", "equity_json", "metrics_json". Codes:
  // JOB_NOT_FOUND, NOT_DONE.
  Result<std::string> part(const Uuid& job, int run_no, std::string_view column);

  // Takes the job for this worker; nothing when it has ended or was lost too often, which makes it
  // FAILED, WORKER_LOST.
  Result<std::optional<ClaimedJob>> claim(const Uuid& job);
  // False: cancelled, or no longer ours.
  Result<bool> may_go_on(const ClaimedJob& job);
  // A lower percentage than the one that is stored changes nothing: a job that begins again.
  Result<void> set_progress(const ClaimedJob& job, const Progress& progress, bool on_bus);
  // Stores all runs, one after the other, in the transaction that makes the job DONE.
  Result<void> finish(const ClaimedJob& job, const std::string& strategy_version,
                      const std::string& data_sha256, const std::vector<ResultFile>& results);
  Result<void> fail(const ClaimedJob& job, std::string_view code, std::string_view details);
  // The worker ends by itself: another may begin anew, and no loss is counted.
  Result<void> give_back(const ClaimedJob& job);

 private:
  Result<void> tell(store::Transaction& tx, std::string_view type, std::int64_t id,
                    const std::string& payload);
  Result<std::optional<JobItem>> replayed(store::Transaction& tx, const std::string& key,
                                          const std::string& sha256);

  Parts parts_;
};

}  // namespace everbit::jobs

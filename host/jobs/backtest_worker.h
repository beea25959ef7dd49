#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>

#include "candles/fetch.h"
#include "events/dispatcher.h"
#include "jobs/job_table.h"
#include "jobs/run_child.h"

namespace everbit::jobs {

struct WorkerSettings {
  std::filesystem::path program;     // `everbit`, beside the daemon
  std::filesystem::path strategies;  // <sha256>.so
  std::filesystem::path scratch;     // a folder for the runs' files
  std::uint64_t max_memory = std::uint64_t{300} << 20;
  std::chrono::milliseconds stall{60'000};
};

// The group `backtest`: takes one BacktestRun at a time, fetches the candles that are missing, runs
// each timeframe in a child, and stores the result. No strategy runs in this process. A child that
// crashes, hangs or is killed for memory counts as a lost worker: the job begins again, and the
// third loss ends it. Owned by the application.
class BacktestWorker {
 public:
  struct Parts {
    events::Bus& bus;
    JobTable& jobs;
    store::Pool& pool;
    const Clock& clock;
    store::OwnerId owner;
    // The way to the exchange, opened when it is first needed; null: only what is stored is there.
    std::function<Result<const trading::ExchangeGateway*>()> gateway;
    WorkerSettings settings;
  };

  static Result<std::unique_ptr<BacktestWorker>> start(Parts parts);
  ~BacktestWorker();
  BacktestWorker(const BacktestWorker&) = delete;
  BacktestWorker& operator=(const BacktestWorker&) = delete;

  // Gives back what runs; its child is killed.
  void stop(Deadline deadline);

  // The whole of a job, as the consumer does it; false: given back. For tests too.
  bool work(const Uuid& job);

 private:
  explicit BacktestWorker(Parts parts) : parts_(std::move(parts)) {}
  events::Verdict handle(const events::Delivery& delivery);
  ChildEnd run(const ClaimedJob& job, const JobRequest& request,
               const std::filesystem::path& folder);
  Result<void> prepare_candles(const ClaimedJob& job, const JobRequest& request,
                               const std::filesystem::path& folder);
  Result<void> fetch(const ClaimedJob& job, const JobRequest& request);
  Result<void> store(const ClaimedJob& job);
  void tell(const ClaimedJob& job, std::string_view phase, double share);
  bool may_go_on(const ClaimedJob& job);

  Parts parts_;
  std::atomic<bool> stopping_{false};
  std::vector<std::filesystem::path> results_;  // of the job in hand, one a timeframe
  SteadyTime told_at_{};
  SteadyTime bus_told_at_{};
  SteadyTime looked_at_{};
  bool goes_on_ = true;
  std::unique_ptr<events::Dispatcher> dispatcher_;
};

}  // namespace everbit::jobs

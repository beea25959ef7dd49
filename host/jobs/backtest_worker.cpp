#include "jobs/backtest_worker.h"

#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "backtest/request.h"
#include "base/log.h"
#include "base/random.h"
#include "candles/csv_export.h"
#include "jobs/result_file.h"

namespace everbit::jobs {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTellRow{1'000};
constexpr milliseconds kTellBus{5'000};
constexpr milliseconds kLook{100};
// What a phase adds to the job's percentage.
constexpr double kFetchShare = 0.2;
constexpr double kRunShare = 0.75;
// Of the long timeframe, before `from`: the regime needs 210.
constexpr int kWarmUp = 220;
constexpr seconds kReadBudget{30};

std::optional<Uuid> job_of(const events::Delivery& delivery) {
  simdjson::dom::parser parser;
  std::string_view id;
  if (parser.parse(delivery.event.payload)["payload"]["jobPublicId"].get_string().get(id) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  const auto uuid = Uuid::parse(id);
  return uuid ? std::optional(*uuid) : std::nullopt;
}

// A job that was cancelled or taken over by another worker is none of ours any more.
bool ended(const Result<void>& written) {
  return written.has_value() || written.error().code == "JOB_LOST";
}

// A folder that goes with the run.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) {
    std::error_code failed;
    fs::remove_all(path_, failed);
    fs::create_directories(path_, failed);
    made_ = !failed;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  bool made() const { return made_; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool made_ = false;
};

Result<std::string> version_of(const std::string& request) {
  simdjson::dom::parser parser;
  std::string_view version;
  if (parser.parse(request)["strategyVersion"].get_string().get(version) != simdjson::SUCCESS) {
    return Error("RESULT", "unreadable: strategyVersion");
  }
  return std::string(version.substr(0, 64));
}

candles::Range wanted_range(const JobRequest& request, const std::string& timeframe) {
  const auto frames = backtest::timeframes_of(timeframe).value();
  return {Timestamp::from_ns(request.from) - seconds(frames.long_s) * kWarmUp,
          Timestamp::from_ns(request.to)};
}

fs::path candle_file(const fs::path& folder, const std::string& market,
                     const std::string& timeframe) {
  return folder / (market + "-" + timeframe + ".csv");
}

}  // namespace

Result<std::unique_ptr<BacktestWorker>> BacktestWorker::start(Parts parts) {
  std::unique_ptr<BacktestWorker> worker(new BacktestWorker(std::move(parts)));
  events::DispatcherOptions options;
  options.subscribe.stream = kCommands;
  options.subscribe.group = "backtest";
  options.subscribe.ordered = false;
  options.workers = 1;
  options.handle = [self = worker.get()](events::Handling& handling) {
    return self->handle(handling.delivery());
  };
  auto dispatcher = events::Dispatcher::start(worker->parts_.bus, std::move(options));
  if (!dispatcher) return dispatcher.error();
  worker->dispatcher_ = std::move(*dispatcher);
  return worker;
}

BacktestWorker::~BacktestWorker() { stop(Deadline::after(seconds(5))); }

void BacktestWorker::stop(Deadline deadline) {
  stopping_.store(true);
  if (dispatcher_) dispatcher_->stop(deadline);
  dispatcher_.reset();
}

events::Verdict BacktestWorker::handle(const events::Delivery& delivery) {
  const auto job = job_of(delivery);
  if (!job) return events::Verdict::dead("BACKTEST_COMMAND", "names no job");
  if (stopping_.load()) return events::Verdict::release();
  if (work(*job)) return events::Verdict::done();
  return stopping_.load() ? events::Verdict::release()
                          : events::Verdict::retry("BACKTEST_STORE", "the database did not answer");
}

bool BacktestWorker::work(const Uuid& id) {
  for (;;) {
    auto claimed = parts_.jobs.claim(id);
    if (!claimed) return false;
    if (!*claimed) return true;
    const ClaimedJob& job = **claimed;
    log_info("backtest_begins", {{"job", id.to_string()}, {"attempt", job.attempt}});
    const auto request = parse_job_request(job.request_json, {});
    const Scratch scratch(parts_.settings.scratch / id.to_string());
    const ChildEnd end =
        !request
            ? ChildEnd{ChildEnd::Kind::kRefused, request.error().code, to_string(request.error())}
        : !scratch.made() ? ChildEnd{ChildEnd::Kind::kLost, "", "no scratch folder"}
                          : run(job, *request, scratch.path());
    switch (end.kind) {
      case ChildEnd::Kind::kDone: {
        const auto stored = store(job);
        if (stored) return true;
        log_error("backtest_not_stored",
                  {{"job", id.to_string()}, {"error", to_string(stored.error())}});
        if (stored.error().code == "JOB_LOST") return true;  // cancelled in the last moment
        if (stored.error().code != "RESULT") return false;
        return ended(parts_.jobs.fail(job, "BACKTEST_FAILED", to_string(stored.error())));
      }
      case ChildEnd::Kind::kRefused:
        log_warn("backtest_failed", {{"job", id.to_string()}, {"error", end.text}});
        return ended(parts_.jobs.fail(job, end.code, end.text));
      case ChildEnd::Kind::kStopped:
        if (stopping_.load()) {
          (void)parts_.jobs.give_back(job);
          return false;
        }
        return true;  // cancelled, or another worker's
      case ChildEnd::Kind::kLost:
        log_error("backtest_worker_lost",
                  {{"job", id.to_string()}, {"attempt", job.attempt}, {"why", end.text}});
        break;  // claimed again, until it was lost too often
    }
  }
}

ChildEnd BacktestWorker::run(const ClaimedJob& job, const JobRequest& request,
                             const fs::path& folder) {
  results_.clear();
  goes_on_ = true;
  told_at_ = bus_told_at_ = looked_at_ = SteadyTime{};
  if (auto ready = prepare_candles(job, request, folder); !ready) {
    if (ready.error().code == "CANDLES_STOPPED") return {ChildEnd::Kind::kStopped, "", ""};
    return {ChildEnd::Kind::kRefused, "CANDLES_MISSING", to_string(ready.error())};
  }
  ChildEnd end;
  const double runs = static_cast<double>(request.timeframes.size());
  for (std::size_t i = 0; i < request.timeframes.size(); ++i) {
    ChildRun child;
    child.program = parts_.settings.program;
    child.strategy = parts_.settings.strategies / (request.strategy_sha256 + ".so");
    child.folder = folder / request.timeframes[i];
    child.timeframe = request.timeframes[i];
    child.max_memory = parts_.settings.max_memory;
    child.stall = parts_.settings.stall;
    std::error_code ignored;
    fs::create_directory(child.folder, ignored);
    for (const std::string& market : request.markets) {
      child.candles[market] = candle_file(folder, market, child.timeframe);
    }
    end = run_in_child(
        request, child,
        [&](double share) {
          tell(job, "RUN", kFetchShare + kRunShare * (static_cast<double>(i) + share) / runs);
        },
        [&] { return may_go_on(job); });
    if (end.kind != ChildEnd::Kind::kDone) return end;
    results_.push_back(result_of(child));
  }
  tell(job, "REPORT", kFetchShare + kRunShare);
  return end;
}

// All that is stored before the end goes into the run: indicators begin as early as they can.
Result<void> BacktestWorker::prepare_candles(const ClaimedJob& job, const JobRequest& request,
                                             const fs::path& folder) {
  if (auto fetched = fetch(job, request); !fetched) return fetched;
  for (const std::string& timeframe : request.timeframes) {
    for (const std::string& market : request.markets) {
      auto series = candles::make_series(market, timeframe);
      if (!series) return series.error();
      auto rows =
          candles::export_csv(parts_.pool, *series, {Timestamp(), Timestamp::from_ns(request.to)},
                              candle_file(folder, market, timeframe));
      if (!rows) return rows.error();
    }
  }
  return {};
}

Result<void> BacktestWorker::fetch(const ClaimedJob& job, const JobRequest& request) {
  const double all = static_cast<double>(request.timeframes.size() * request.markets.size());
  double done = 0;
  for (const std::string& timeframe : request.timeframes) {
    for (const std::string& market : request.markets) {
      auto series = candles::make_series(market, timeframe);
      if (!series) return series.error();
      const candles::Range range =
          candles::whole_periods(*series, wanted_range(request, timeframe));
      auto coverage =
          candles::coverage_of(parts_.pool, *series, range, Deadline::after(kReadBudget));
      if (!coverage) return coverage.error();
      if (!coverage->missing.empty() && parts_.gateway) {
        auto gateway = parts_.gateway();
        if (!gateway) return gateway.error();
        const candles::CandleFetch fetching(
            {parts_.pool, **gateway, parts_.clock, parts_.owner, seconds(30)});
        auto fetched =
            fetching.fetch(*series, range, [&](std::int64_t periods, std::int64_t wanted) {
              const double of_series = static_cast<double>(periods) / static_cast<double>(wanted);
              tell(job, "FETCH", kFetchShare * (done + of_series) / all);
              return may_go_on(job);
            });
        if (!fetched) return fetched.error();
        coverage = candles::coverage_of(parts_.pool, *series, range, Deadline::after(kReadBudget));
        if (!coverage) return coverage.error();
      }
      // Before the first stored candle nothing is missing: a market begins some day.
      std::erase_if(coverage->missing, [&](const candles::Range& missing) {
        return missing.to <= Timestamp::from_ns(request.from);
      });
      if (!coverage->missing.empty()) {
        const candles::Range& first = coverage->missing.front();
        return Error("CANDLES_MISSING", first.from.to_iso() + " to " + first.to.to_iso(),
                     series->name());
      }
      ++done;
    }
  }
  return {};
}

Result<void> BacktestWorker::store(const ClaimedJob& job) {
  std::vector<ResultFile> results;
  std::string version;
  std::string all_data;
  for (const fs::path& file : results_) {
    auto result = ResultFile::open(file, {});
    if (!result) return result.error();
    for (std::size_t i = 0; i < result->runs(); ++i) {
      const auto request = result->request(i);
      const auto data = result->data(i);
      if (!request || !data) return Error("RESULT", "it became shorter");
      auto named = version_of(*request);
      if (!named) return named.error();
      version = std::move(*named);
      all_data += *data;
    }
    results.push_back(std::move(*result));
  }
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  EVP_Digest(all_data.data(), all_data.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return parts_.jobs.finish(job, version, to_hex(digest), results);
}

void BacktestWorker::tell(const ClaimedJob& job, std::string_view phase, double share) {
  const SteadyTime now = parts_.clock.steady_now();
  if (told_at_ != SteadyTime{} && now - told_at_ < kTellRow) return;
  const bool on_bus = bus_told_at_ == SteadyTime{} || now - bus_told_at_ >= kTellBus;
  told_at_ = now;
  if (on_bus) bus_told_at_ = now;
  const int percent = static_cast<int>(std::clamp(share, 0.0, 1.0) * 100);
  (void)parts_.jobs.set_progress(job, {phase, percent}, on_bus);
}

// A database that does not answer is no reason to throw the work away: storing it comes later.
bool BacktestWorker::may_go_on(const ClaimedJob& job) {
  if (stopping_.load()) return false;
  const SteadyTime now = parts_.clock.steady_now();
  if (now - looked_at_ < kLook) return goes_on_;
  looked_at_ = now;
  const auto answer = parts_.jobs.may_go_on(job);
  if (answer) goes_on_ = *answer;
  return goes_on_;
}

}  // namespace everbit::jobs

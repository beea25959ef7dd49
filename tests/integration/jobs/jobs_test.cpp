#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/files.h"
#include "base/random.h"
#include "candles/csv_export.h"
#include "candles/csv_import.h"
#include "integration/trading/order_rows.h"
#include "jobs/backtest_worker.h"
#include "jobs/result_file.h"
#include "jobs/stored_result.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr int kCandles = 28'000;                // of 15 minutes: more than 290 days
constexpr std::int64_t kStart = 1'640'995'200;  // 2022-01-01

bool eventually(const std::function<bool()>& holds) {
  const Deadline patience = Deadline::after(seconds(60));
  while (!patience.expired()) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return holds();
}

fs::path build_folder() { return std::getenv("EVERBIT_BUILD_DIR"); }

std::string sha256_of(const std::string& bytes) {
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return to_hex(digest);
}

// A wave that the strategy trades on.
std::string candles_csv() {
  std::string text = "candle_time_utc,open,high,low,close,volume\n";
  long before = 50'000'000;
  for (int i = 0; i < kCandles; ++i) {
    const double wave = 8e6 * std::sin(i / 700.0) + 1.5e6 * std::sin(i / 23.0) +
                        4e5 * std::sin(i * 1.7) + 3e5 * std::sin(i * 0.37);
    const long close = 50'000'000 + std::lround(wave / 1'000) * 1'000;
    const long high = std::max(before, close) + 20'000;
    const long low = std::min(before, close) - 20'000;
    text += Timestamp::from_seconds(kStart + i * 900LL).to_iso() + "," + std::to_string(before) +
            "," + std::to_string(high) + "," + std::to_string(low) + "," + std::to_string(close) +
            "," + std::to_string(5 + i % 7) + "\n";
    before = close;
  }
  return text;
}

class Jobs : public ::testing::Test {
 protected:
  Jobs() {
    folder_.write("candles.csv", candles_csv());
    const auto imported = candles::import_csv(rows_.pool(), clock_, {"KRW-BTC", 900},
                                              folder_.dir() / "candles.csv", {}, {});
    if (!imported) throw std::runtime_error(to_string(imported.error()));
  }

  // Copies a strategy of the build folder into the store; its hash.
  std::string install(const fs::path& built) {
    const std::string bytes = read_file(build_folder() / built, std::size_t{64} << 20).value();
    const std::string sha256 = sha256_of(bytes);
    const fs::path stored = folder_.store() / (sha256 + ".so");
    if (!fs::exists(stored)) {
      std::ofstream(stored, std::ios::binary) << bytes;
      fs::permissions(stored, fs::perms::owner_read);
    }
    return sha256;
  }

  jobs::JobRequest request(const std::string& sha256) {
    const auto made = jobs::parse_job_request(
        R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"2022-08-15","to":"2022-10-15"})",
        {"EXTREME_FLIP", sha256});
    return made.value();
  }
  jobs::JobRequest good() { return request(install("plugins/strategy-extreme-flip.so")); }
  // Buys on a candle that closed above its open, sells on one that closed below.
  jobs::JobRequest trading() { return request(install("tests/faults/strategy-follower.so")); }
  jobs::JobRequest bad(int way) {
    return request(install("tests/jobs/strategy-bad-" + std::to_string(way) + ".so"));
  }

  std::unique_ptr<jobs::BacktestWorker> start(milliseconds stall = seconds(60)) {
    jobs::WorkerSettings settings;
    settings.program = build_folder() / "bin/everbit";
    settings.strategies = folder_.store();
    settings.scratch = folder_.dir() / "scratch";
    settings.stall = stall;
    return jobs::BacktestWorker::start(
               {rows_.bus(), jobs_, rows_.pool(), clock_, rows_.owner(), {}, std::move(settings)})
        .value();
  }

  jobs::JobItem look(const Uuid& job) { return **jobs_.find(job); }
  bool ends(const Uuid& job) {
    return eventually([&] {
      const auto status = look(job).status;
      return status == "DONE" || status == "FAILED";
    });
  }
  // Whether a child of this process is at work.
  static bool child_runs() {
    siginfo_t ended{};
    return ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0;
  }
  std::string value(const std::string& query) const { return rows_.value(query); }

  SystemClock clock_;
  OrderRows rows_;
  SettingsFolder folder_;
  jobs::JobTable jobs_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner()}};
};

TEST_F(Jobs, AResultIsByteForByteThatOfTheCommandLine) {
  const auto worker = start();
  const auto job = jobs_.create(trading(), std::nullopt);
  ASSERT_TRUE(job) << to_string(job.error());
  ASSERT_TRUE(ends(job->public_id));
  ASSERT_EQ(look(job->public_id).status, "DONE") << look(job->public_id).error_code.value_or("");

  const auto direct = run_everbit(
      {"backtest", "run", "--strategy",
       (build_folder() / "tests/faults/strategy-follower.so").string(), "--strategy-key",
       "EXTREME_FLIP", "--candles", "KRW-BTC=" + (folder_.dir() / "candles.csv").string(),
       "--timeframe", "15m", "--from", "2022-08-15", "--to", "2022-10-15", "--json", "-"});
  ASSERT_EQ(direct.code, 0) << direct.err;
  EXPECT_TRUE(jobs::read_stored_result(rows_.pool(), job->public_id).value() + "\n" == direct.out);
  folder_.write("direct.json", direct.out);
  const auto file = jobs::ResultFile::open(folder_.dir() / "direct.json", {});
  ASSERT_TRUE(file);
  const jobs::RunRow run = file->read(0).value();
  EXPECT_EQ(jobs_.part(job->public_id, 1, "trades_json").value(), run.trades);
  EXPECT_EQ(jobs_.part(job->public_id, 1, "equity_json").value(), run.equity);
  EXPECT_EQ(jobs_.part(job->public_id, 1, "metrics_json").value(), run.metrics);
  EXPECT_EQ(jobs_.part(job->public_id, 1, "data_json").value(), run.data);
  EXPECT_NE(run.trades, "[]") << "a result without a trade compares nothing";

  const auto again = jobs_.create(trading(), std::nullopt);
  ASSERT_TRUE(ends(again->public_id));
  EXPECT_EQ(value("SELECT count(DISTINCT (data_sha256, strategy_version)) FROM backtest_job"), "1");
  EXPECT_EQ(jobs_.part(again->public_id, 1, "signals_json").value(), run.signals);
  EXPECT_EQ(value("SELECT count(*) FROM outbox_event WHERE event_type = 'BacktestFinished'"), "2");
  EXPECT_TRUE(fs::is_empty(folder_.dir() / "scratch")) << "the runs' files are gone";
}

TEST_F(Jobs, AStoredResultOfSeveralRunsIsThatOfTheCommandLineToo) {
  auto wanted = good();
  wanted.fill_model = "ohlc_path";
  const auto worker = start();
  const auto job = jobs_.create(wanted, std::nullopt);
  ASSERT_TRUE(job) << to_string(job.error());
  EXPECT_EQ(jobs::read_stored_result(rows_.pool(), Uuid::make_v7(clock_.now())).error().code,
            "JOB_NOT_FOUND");
  ASSERT_TRUE(ends(job->public_id));
  ASSERT_EQ(look(job->public_id).status, "DONE") << look(job->public_id).error_code.value_or("");
  const auto direct = run_everbit(
      {"backtest", "run", "--strategy",
       (build_folder() / "plugins/strategy-extreme-flip.so").string(), "--strategy-key",
       "EXTREME_FLIP", "--candles", "KRW-BTC=" + (folder_.dir() / "candles.csv").string(), "--from",
       "2022-08-15", "--to", "2022-10-15", "--fill-model", "ohlc_path", "--json", "-"});
  ASSERT_EQ(direct.code, 0) << direct.err;
  EXPECT_TRUE(jobs::read_stored_result(rows_.pool(), job->public_id).value() + "\n" == direct.out);
}

TEST_F(Jobs, AStrategyThatCrashesCostsItsJobAfterThreeTries) {
  const auto worker = start();
  const auto job = jobs_.create(bad(1), std::nullopt);
  ASSERT_TRUE(ends(job->public_id));
  EXPECT_EQ(look(job->public_id).error_code.value_or(""), "WORKER_LOST");
  EXPECT_EQ(value("SELECT attempt_count FROM backtest_job"), "3");
  EXPECT_EQ(value("SELECT count(*) FROM backtest_result"), "0");
  // The worker goes on.
  const auto next = jobs_.create(good(), std::nullopt);
  ASSERT_TRUE(ends(next->public_id));
  EXPECT_EQ(look(next->public_id).status, "DONE");
}

TEST_F(Jobs, AStrategyThatTakesMemoryWithoutEndIsStoppedByTheLimit) {
  const auto worker = start();
  const auto job = jobs_.create(bad(2), std::nullopt);
  ASSERT_TRUE(ends(job->public_id));
  EXPECT_EQ(look(job->public_id).status, "FAILED");
  EXPECT_EQ(value("SELECT count(*) FROM backtest_result"), "0");
  rusage children{};
  ASSERT_EQ(::getrusage(RUSAGE_CHILDREN, &children), 0);
  EXPECT_GT(children.ru_maxrss, 150 * 1024) << "it did take memory";
  EXPECT_LE(children.ru_maxrss, 300 * 1024);
}

TEST_F(Jobs, AStrategyThatNeverReturnsIsKilledAndCounted) {
  const auto worker = start(milliseconds(500));
  const auto job = jobs_.create(bad(3), std::nullopt);
  ASSERT_TRUE(ends(job->public_id));
  EXPECT_EQ(look(job->public_id).error_code.value_or(""), "WORKER_LOST");
}

TEST_F(Jobs, ARunningJobIsCancelledAtOnceAndItsChildIsGoneWithinASecond) {
  const auto worker = start();
  std::vector<milliseconds> deaths;
  for (int i = 0; i < 5; ++i) {
    const auto job = jobs_.create(bad(3), std::nullopt);
    ASSERT_TRUE(eventually([&] { return child_runs(); }));
    const auto cancelled = jobs_.cancel(job->public_id);
    const auto committed = std::chrono::steady_clock::now();
    ASSERT_TRUE(cancelled) << to_string(cancelled.error());
    EXPECT_EQ(cancelled->status, "FAILED");
    EXPECT_EQ(cancelled->error_code.value_or(""), "CANCELED");
    ASSERT_TRUE(eventually([&] { return !child_runs(); }));
    deaths.push_back(
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - committed));
    EXPECT_EQ(jobs_.cancel(job->public_id).error().code, "JOB_FINISHED");
  }
  // This machine may be busy with other tests: a single late one is theirs, not ours.
  std::ranges::sort(deaths);
  EXPECT_LE(deaths[2], seconds(1));
  RecordProperty("median_ms", static_cast<int>(deaths[2].count()));
  // Nothing came after the word that it has ended, and nothing of it is stored.
  const auto next = jobs_.create(good(), std::nullopt);
  ASSERT_TRUE(ends(next->public_id));
  EXPECT_EQ(value("SELECT count(*) FROM backtest_job WHERE error_code = 'CANCELED'"), "5");
  EXPECT_EQ(value("SELECT count(*) FROM outbox_event WHERE event_type = 'BacktestFinished'"), "6");
  EXPECT_EQ(value("SELECT count(DISTINCT backtest_job_id) FROM backtest_result"), "1");
}

TEST_F(Jobs, TheProgressOfAJobThatBeginsAgainDoesNotFall) {
  const auto job = jobs_.create(good(), std::nullopt);
  const auto first = **jobs_.claim(job->public_id);
  ASSERT_TRUE(jobs_.set_progress(first, {"RUN", 60}, true));
  const auto second = **jobs_.claim(job->public_id);
  EXPECT_EQ(jobs_.set_progress(first, {"RUN", 70}, true).error().code, "JOB_LOST");
  ASSERT_TRUE(jobs_.set_progress(second, {"FETCH", 10}, true));
  EXPECT_THAT(look(job->public_id).progress_json, HasSubstr(R"("percent": 60)"));
  ASSERT_TRUE(jobs_.set_progress(second, {"RUN", 61}, true));
  EXPECT_THAT(look(job->public_id).progress_json, HasSubstr(R"("percent": 61)"));
}

TEST_F(Jobs, AWaitingJobIsCancelledAtOnceAndNeverRun) {
  const auto job = jobs_.create(good(), std::nullopt);
  const auto cancelled = jobs_.cancel(job->public_id);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->status, "FAILED");
  const auto worker = start();
  const auto next = jobs_.create(good(), std::nullopt);
  ASSERT_TRUE(ends(next->public_id));
  EXPECT_EQ(look(job->public_id).error_code.value_or(""), "CANCELED");
  EXPECT_EQ(value("SELECT attempt_count FROM backtest_job ORDER BY id LIMIT 1"), "0");
}

TEST_F(Jobs, ALostWorkersJobIsClaimedAgainAndTheThirdLossEndsIt) {
  const auto job = jobs_.create(good(), std::nullopt);
  for (int loss = 1; loss <= 3; ++loss) {
    const auto claimed = jobs_.claim(job->public_id);
    ASSERT_TRUE(claimed && *claimed);
    EXPECT_EQ((*claimed)->attempt, loss);
  }
  const auto given_up = jobs_.claim(job->public_id);
  ASSERT_TRUE(given_up);
  EXPECT_FALSE(*given_up);
  EXPECT_EQ(look(job->public_id).error_code.value_or(""), "WORKER_LOST");
}

TEST_F(Jobs, AWorkerThatLostItsJobCannotWriteToItAnyMore) {
  const auto job = jobs_.create(good(), std::nullopt);
  const auto first = **jobs_.claim(job->public_id);
  const auto second = **jobs_.claim(job->public_id);
  EXPECT_EQ(jobs_.finish(first, "1.0.0", std::string(64, 'a'), {}).error().code, "JOB_LOST");
  EXPECT_EQ(jobs_.fail(first, "X", "").error().code, "JOB_LOST");
  EXPECT_FALSE(jobs_.may_go_on(first).value());
  EXPECT_TRUE(jobs_.may_go_on(second).value());
  EXPECT_TRUE(jobs_.finish(second, "1.0.0", std::string(64, 'a'), {}));
}

TEST_F(Jobs, AStopGivesTheJobBackWithoutCountingALoss) {
  const auto job = jobs_.create(bad(3), std::nullopt);
  {
    const auto worker = start();
    ASSERT_TRUE(eventually([&] { return look(job->public_id).status == "RUNNING"; }));
    worker->stop(Deadline::after(seconds(20)));
  }
  EXPECT_EQ(look(job->public_id).status, "QUEUED");
  EXPECT_EQ(value("SELECT attempt_count FROM backtest_job"), "0");
}

TEST_F(Jobs, CandlesThatCannotBeHadAreNamed) {
  rows_.sql(
      "DELETE FROM candle_cache WHERE candle_time >= '2022-10-05' AND candle_time < "
      "'2022-10-05 01:00'");
  const auto worker = start();
  const auto job = jobs_.create(good(), std::nullopt);
  ASSERT_TRUE(ends(job->public_id));
  EXPECT_EQ(look(job->public_id).error_code.value_or(""), "CANDLES_MISSING");
  EXPECT_THAT(value("SELECT error_details ->> 'message' FROM backtest_job"),
              HasSubstr("KRW-BTC 15m: 2022-10-05T00:00:00Z to 2022-10-05T01:00:00Z"));
}

TEST_F(Jobs, AParameterThatTheStrategyRefusesIsItsAnswer) {
  auto wrong = good();
  wrong.params["noSuchKey"] = "1";
  const auto worker = start();
  const auto job = jobs_.create(wrong, std::nullopt);
  ASSERT_TRUE(ends(job->public_id));
  EXPECT_EQ(look(job->public_id).status, "FAILED");
  EXPECT_THAT(value("SELECT error_details ->> 'message' FROM backtest_job"),
              HasSubstr("noSuchKey"));
}

TEST_F(Jobs, TwentyMayWaitAndARepeatedKeyIsTheFirstJob) {
  const auto first = jobs_.create(good(), "key-1");
  const auto same = jobs_.create(good(), "key-1");
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->replayed);
  EXPECT_EQ(same->public_id, first->public_id);
  auto other = good();
  other.initial_capital = Decimal::from_int(20'000);
  EXPECT_EQ(jobs_.create(other, "key-1").error().code, "IDEMPOTENCY_KEY_REUSED");
  for (int i = 1; i < jobs::kMostWaiting; ++i) ASSERT_TRUE(jobs_.create(good(), std::nullopt));
  EXPECT_EQ(jobs_.create(good(), std::nullopt).error().code, "BACKTEST_QUEUE_FULL");
  EXPECT_EQ(jobs_.page(50, std::nullopt)->size(), static_cast<std::size_t>(jobs::kMostWaiting));
}

}  // namespace
}  // namespace everbit::test

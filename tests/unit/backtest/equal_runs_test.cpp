#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "backtest/metrics.h"
#include "backtest/result_json.h"
#include "unit/backtest/support.h"

// The same candles give the same bytes however a run is fed and however often it is interrupted, on
// all real candles of a signal timeframe that this machine has.
namespace everbit::backtest {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const Result<RunResult>& result) {
  return result ? to_json(*result, measure(*result)) : to_string(result.error());
}

// "upbit-KRW-BTC-60m-2022-2025.csv.gz" -> "60m"
std::string timeframe_in(const std::string& name) {
  for (const char* text : {"-15m-", "-60m-", "-240m-"}) {
    if (name.find(text) != std::string::npos) return std::string(text + 1, std::strlen(text) - 2);
  }
  return {};
}

std::vector<fs::path> candle_files() {
  std::vector<fs::path> files;
  const auto shared = testing::shared_folder();
  if (shared.empty()) return files;
  for (const auto& entry : fs::directory_iterator(shared / "data/candles")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".csv.gz") && !timeframe_in(name).empty()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

Request request_for(const fs::path& file, const std::string& model) {
  Request request;
  request.markets = {"KRW-X"};
  request.timeframes = timeframes_of(timeframe_in(file.filename().string())).value();
  request.fill_model = model;
  request.slippage_bps = Decimal::from_int(3);
  // So that short files are traded in, too.
  request.params = {
      {"regime.ema", "20"},          {"regime.slopeCandles", "3"}, {"entry.minTradedValue24h", "0"},
      {"downtrend.macroRsiM", "60"}, {"downtrend.macroDevM", "0"}, {"downtrend.macroRsiL", "100"}};
  return request;
}

// Every 97th close, which is no whole number of days or macro candles.
std::set<std::int64_t> cuts_of(const RunResult& result) {
  std::set<std::int64_t> cuts;
  for (std::size_t i = 40; i < result.equity.size(); i += 97) {
    cuts.insert(result.equity[i].close_time);
  }
  return cuts;
}

void expect_equal_runs(const fs::path& file, const std::string& model, std::size_t& trades) {
  SCOPED_TRACE(file.filename().string() + " " + model);
  const Request request = request_for(file, model);
  const std::map<std::string, fs::path> files{{"KRW-X", file}};
  const auto streamed = testing::run_files(request, files);
  ASSERT_TRUE(streamed) << to_string(streamed.error());
  trades += streamed->trades.size();
  const std::string bytes = bytes_of(streamed);
  EXPECT_EQ(bytes_of(testing::run_files(request, files, true)), bytes) << "in bulk";
  RunProbe probe;
  probe.restart_after = cuts_of(*streamed);
  EXPECT_EQ(bytes_of(testing::run_files(request, files, false, testing::extreme_flip(), probe)),
            bytes)
      << "restarted " << probe.restart_after.size() << " times";
}

TEST(EqualRunsTest, StreamedBulkAndRestartedRunsGiveTheSameBytes) {
  const auto files = candle_files();
  if (files.empty()) GTEST_SKIP() << "no shared candles on this machine";
  std::size_t trades = 0;
  for (const fs::path& file : files) expect_equal_runs(file, "close", trades);
  EXPECT_GT(trades, 100U) << "nothing was traded, so nothing was compared";
}

TEST(EqualRunsTest, TheOtherFillModelsAreInterruptedWithoutATraceToo) {
  const auto files = candle_files();
  if (files.empty()) GTEST_SKIP() << "no shared candles on this machine";
  std::size_t trades = 0;
  for (std::size_t i = 0; i < files.size(); i += 6) {
    for (const char* model : {"next_open", "ohlc_path"}) {
      expect_equal_runs(files[i], model, trades);
    }
  }
  EXPECT_GT(trades, 20U);
}

}  // namespace
}  // namespace everbit::backtest

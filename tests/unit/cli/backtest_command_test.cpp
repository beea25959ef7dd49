#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/files.h"
#include "base/timestamp.h"
#include "unit/cli/run_everbit.h"

// The commands around back-tests as the owner types them: exit codes, and what stands where.
namespace everbit::test {
namespace {

// Flat candles of 15 minutes; nothing happens in them.
std::string candles_text(int candles) {
  std::string text = "candle_time_utc,open,high,low,close,volume\n";
  for (int i = 0; i < candles; ++i) {
    char row[80];
    std::snprintf(row, sizeof row, "2024-01-%02dT%02d:%02d:00Z,1000,1001,999,1000,5\n", 1 + i / 96,
                  i / 4 % 24, i % 4 * 15);
    text += row;
  }
  return text;
}

// A wave of 240-minute candles over as many days.
std::string wave_text(int days) {
  std::string text = "candle_time_utc,open,high,low,close,volume\n";
  std::int64_t before = 50'000'000;
  for (int i = 0; i < days * 6; ++i) {
    const std::int64_t close =
        50'000'000 + 1'000 * std::lround(8'000 * std::sin(i / 70.0) + 900 * std::sin(i * 1.7));
    text += Timestamp::from_seconds(1'640'995'200 + i * 14'400LL).to_iso() + "," +
            std::to_string(before) + "," + std::to_string(std::max(before, close) + 20'000) + "," +
            std::to_string(std::min(before, close) - 20'000) + "," + std::to_string(close) +
            ",900\n";
    before = close;
  }
  return text;
}

class BacktestCommandTest : public ::testing::Test {
 protected:
  void SetUp() override { folder_.write("a.csv", candles_text(200)); }
  std::string candles(const char* market = "KRW-A") const {
    return std::string(market) + "=" + (folder_.dir() / "a.csv").string();
  }

  SettingsFolder folder_;
};

TEST_F(BacktestCommandTest, BothOrdersOfAPathAreTwoRunsOfOneResult) {
  const auto ended = run_everbit(
      {"backtest", "run", "--candles", candles(), "--fill-model", "ohlc_path", "--json", "-"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out.rfind("{\"request\":{\"markets\":[\"KRW-A\"]", 0), 0U) << ended.out;
  const auto first = ended.out.find("\"pathOrder\":\"pessimistic\"");
  EXPECT_NE(first, std::string::npos);
  EXPECT_NE(ended.out.find("\"pathOrder\":\"optimistic\"", first), std::string::npos);
  EXPECT_NE(ended.out.find("\"runs\":[{\"request\""), std::string::npos);
}

TEST_F(BacktestCommandTest, WhatIsWrongOnTheLineIsUsageAndNamed) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"backtest", "run", "--candles", candles(), "--fill-model", "magic"}, "fillModel"},
      {{"backtest", "run", "--candles", candles("krw"), "--json", "-"}, "markets"},
      {{"backtest", "run", "--candles", candles(), "--from", "2024-01-03", "--to", "2024-01-02"},
       "to"},
      {{"backtest", "optimize", "--candles", candles()}, "param"},
      {{"backtest", "optimize", "--candles", candles(), "--param", "ema.fast=5:1:1"}, "param"},
      {{"backtest", "optimize", "--candles", candles(), "--param", "ema.fast=5,6", "--objective",
        "luck"},
       "objective"},
      {{"backtest", "optimize", "--candles", candles(), "--param", "ema.fast=5,6"}, "300 days"},
      {{"verify", "EXTREME_FLIP", "--candles", candles()}, "two markets"},
      {{"verify", "no-such-file.so", "--candles", candles()}, "no-such-file.so"},
  };
  for (const auto& [words, named] : cases) {
    const auto ended = run_everbit(words);
    EXPECT_EQ(ended.code, 2) << words[0] << ' ' << words[1] << ": " << ended.err;
    EXPECT_NE(ended.err.find(named), std::string::npos) << ended.err;
  }
}

TEST_F(BacktestCommandTest, LookaheadPassesAnHonestStrategyOnTheOwnersRequest) {
  const auto ended =
      run_everbit({"backtest", "lookahead", "--candles", candles(), "--from", "2024-01-02"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_NE(ended.out.find("passed"), std::string::npos) << ended.out;
}

TEST_F(BacktestCommandTest, ASearchGivesTheSameBytesWhateverItsThreadsAndGoesOnFromItsTrials) {
  folder_.write("wave.csv", wave_text(330));
  const std::string trials = (folder_.dir() / "trials").string();
  const auto search = [&](const char* threads, const std::string& json) {
    const auto ended = run_everbit(
        {"backtest", "optimize", "--candles", "KRW-A=" + (folder_.dir() / "wave.csv").string(),
         "--timeframe", "240m", "--param", "flip.buyRsi=30,32,34", "--min-trades", "1", "--threads",
         threads, "--trials-file", trials, "--json", (folder_.dir() / json).string()});
    EXPECT_LE(ended.code, 1) << ended.err;
    EXPECT_NE(ended.out.find("Search: 3 grid"), std::string::npos) << ended.out << ended.err;
    return read_file(folder_.dir() / json, 10'000'000).value();
  };
  const std::string alone = search("1", "one.json");
  const std::string kept = read_file(trials, 10'000'000).value();
  EXPECT_TRUE(kept.starts_with("everbit-trials-1 "));
  EXPECT_EQ(std::ranges::count(kept, '\n'), 4);
  EXPECT_EQ(search("3", "again.json"), alone) << "from the trials";
  EXPECT_EQ(read_file(trials, 10'000'000).value(), kept);
  std::filesystem::remove(trials);
  EXPECT_EQ(search("3", "three.json"), alone);
}

TEST_F(BacktestCommandTest, PathsOfTheLineAreThoseOfTheFolderWhereItWasTyped) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.dir());
  const auto ended = run_everbit({"backtest", "lookahead", "--candles", "KRW-A=a.csv"});
  std::filesystem::current_path(before);
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(BacktestCommandTest, AStrategyThatCrashesEndsItsSearchAndNothingElse) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "nothing is confined under a sanitizer";
#endif
  folder_.write("wave.csv", wave_text(330));
  const auto ended = run_everbit({"backtest", "optimize", "--strategy", EVERBIT_CRASHING_STRATEGY,
                                  "--candles", "KRW-A=" + (folder_.dir() / "wave.csv").string(),
                                  "--timeframe", "240m", "--param", "x=1,2"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.err.find("CHILD_CRASHED"), std::string::npos) << ended.err;
}

TEST_F(BacktestCommandTest, EveryCommandExplainsItself) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"backtest", "optimize", "--help"},
        {"backtest", "lookahead", "--help"},
        {"verify", "--help"}}) {
    const auto ended = run_everbit(words);
    EXPECT_EQ(ended.code, 0);
    EXPECT_NE(ended.out.find("--candles"), std::string::npos) << ended.out;
  }
}

}  // namespace
}  // namespace everbit::test

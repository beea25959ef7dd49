#include "backtest/engine.h"

#include <gtest/gtest.h>

#include "backtest/metrics.h"
#include "unit/backtest/support.h"

namespace everbit::backtest {
namespace {

Request request_for(const std::string& market) {
  Request request;
  request.markets = {market};
  request.timeframes = timeframes_of("15m").value();
  return request;
}

std::filesystem::path quiet_candles() {
  return testing::scratch_file("quiet.csv",
                               "candle_time_utc,open,high,low,close,volume\n"
                               "2022-01-01T00:00:00Z,2,3,1,2,5\n"
                               "2022-01-01T01:00:00Z,2,3,1,2.5,5\n");
}

TEST(EngineTest, AFillModelThatIsNotThereIsRefusedAndNotReplaced) {
  for (const char* model : {"next_open", "ohlc_path", "magic"}) {
    Request request = request_for("KRW-BTC");
    request.fill_model = model;
    const auto result = testing::run_files(request, {{"KRW-BTC", quiet_candles()}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().field, "fillModel");
  }
}

TEST(EngineTest, AnUnknownParameterStopsTheRunWithItsName) {
  Request request = request_for("KRW-BTC");
  request.params = {{"no.such", "1"}};
  const auto result = testing::run_files(request, {{"KRW-BTC", quiet_candles()}});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("no.such"), std::string::npos) << result.error().message;
}

TEST(EngineTest, GapsAreFilledAndEvaluatedLikeAnyOtherCandle) {
  const auto result =
      testing::run_files(request_for("KRW-BTC"), {{"KRW-BTC", quiet_candles()}}).value();
  EXPECT_EQ(result.equity.size(), 5U);
  EXPECT_EQ(result.data.at("KRW-BTC").filled, 3);
  EXPECT_EQ(result.decisions.at("REGIME_WARMUP"), 5U);
  const Metrics metrics = measure(result);
  EXPECT_EQ(metrics.end_equity, Decimal::from_int(10'000'000));
  EXPECT_FALSE(metrics.sharpe || metrics.calmar || metrics.expectancy || metrics.all.win_rate);
}

TEST(EngineTest, CandlesBeforeFromAreLearnedFromAndNotTraded) {
  Request request = request_for("KRW-BTC");
  request.from = parse_time("2022-01-01T00:45:00Z", "from").value();
  request.to = parse_time("2022-01-01T01:00:00Z", "to").value();
  const auto none = testing::run_files(request, {{"KRW-BTC", quiet_candles()}});
  ASSERT_FALSE(none) << "filling ends with the last candle that closes by then";
  EXPECT_EQ(none.error().code, "CANDLES_MISSING");
  request.to = parse_time("2022-01-02", "to").value();
  const auto result = testing::run_files(request, {{"KRW-BTC", quiet_candles()}}).value();
  EXPECT_EQ(result.equity.size(), 2U);
}

}  // namespace
}  // namespace everbit::backtest

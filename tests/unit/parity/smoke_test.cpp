#include <gtest/gtest.h>

#include "backtest/candle_csv.h"
#include "parity/compare.h"
#include "unit/backtest/support.h"
#include "unit/parity/pretended_day.h"

// Two markets, two timeframes, thirty days of real candles: what a live run would have recorded is
// what its back-test gives.
namespace everbit::parity {
namespace {

struct Month {
  const char* timeframe;
  const char* btc;
  const char* eth;
  const char* to;
};

class ParitySmoke : public ::testing::TestWithParam<Month> {};

TEST_P(ParitySmoke, ThirtyDaysOfTwoMarketsAreClean) {
  const auto shared = backtest::testing::shared_folder();
  if (shared.empty()) GTEST_SKIP() << "no shared candles here (EVERBIT_SHARED_DIR)";
  testing::DayPlan plan;
  plan.request.timeframes = backtest::timeframes_of(GetParam().timeframe).value();
  plan.request.params = {
      {"regime.ema", "20"},          {"regime.slopeCandles", "3"}, {"entry.minTradedValue24h", "0"},
      {"downtrend.macroRsiM", "60"}, {"downtrend.macroDevM", "0"}, {"downtrend.macroRsiL", "100"}};
  for (const auto& [market, name] :
       {std::pair{"KRW-BTC", GetParam().btc}, {"KRW-ETH", GetParam().eth}}) {
    auto source = backtest::CsvCandleSource::open(
        shared / "data/candles" / name,
        {plan.request.timeframes.signal_s, plan.request.price_scale});
    ASSERT_TRUE(source) << to_string(source.error());
    plan.candles[market] = backtest::MemoryCandleSource::read_all(**source).value();
  }
  plan.to = backtest::parse_time(GetParam().to, "to").value();
  plan.from = plan.to - 30 * 86'400 * trading::kNanosecondsPerSecond;
  for (auto& [market, candles] : plan.candles) {
    std::erase_if(candles, [&](const Candle& one) { return one.close_time > plan.to; });
  }
  const auto recording = testing::pretend_day(plan);
  const auto report = compare(recording);
  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_EQ(report->decisions,
            2u * 30 * 86'400 / static_cast<unsigned>(plan.request.timeframes.signal_s));
  EXPECT_TRUE(report->differences.empty())
      << report->differences.front().market << " "
      << Timestamp::from_ns(report->differences.front().close_time).to_iso() << " "
      << report->differences.front().cause;
  EXPECT_TRUE(report->candles.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Timeframes, ParitySmoke,
    ::testing::Values(Month{"15m", "upbit-KRW-BTC-15m-2025-09.csv.gz",
                            "upbit-KRW-ETH-15m-2025-09.csv.gz", "2025-10-01"},
                      Month{"60m", "upbit-KRW-BTC-60m-2022-2025.csv.gz",
                            "upbit-KRW-ETH-60m-2022-2025.csv.gz", "2025-07-01"}),
    [](const auto& instance) { return std::string(instance.param.timeframe); });

}  // namespace
}  // namespace everbit::parity

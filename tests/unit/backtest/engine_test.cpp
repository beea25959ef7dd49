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
  Request request = request_for("KRW-BTC");
  request.fill_model = "magic";
  const auto result = testing::run_files(request, {{"KRW-BTC", quiet_candles()}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "fillModel");
}

TEST(EngineTest, AnUnknownParameterStopsTheRunWithItsName) {
  Request request = request_for("KRW-BTC");
  request.params = {{"no.such", "1"}};
  const auto result = testing::run_files(request, {{"KRW-BTC", quiet_candles()}});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("no.such"), std::string::npos) << result.error().message;
}

TEST(EngineTest, WhatIsWrongWithARequestIsNamedByItsField) {
  const auto field_of = [](const std::function<void(Request&)>& spoil) {
    Request request = request_for("KRW-BTC");
    spoil(request);
    const auto valid = validate(request);
    return valid ? std::string() : valid.error().field;
  };
  const auto time = [](const char* text) { return parse_time(text, "from").value(); };
  EXPECT_EQ(field_of([](Request&) {}), "");
  EXPECT_EQ(field_of([](Request& r) { r.markets = {}; }), "markets");
  EXPECT_EQ(field_of([](Request& r) { r.markets = {"KRW-BTC", "KRW-BTC"}; }), "markets");
  for (const char* code : {"", "BTC", "KRW-", "-BTC", "krw-btc", "KRW-BTC-X", "KRW-BT/C"}) {
    EXPECT_EQ(field_of([&](Request& r) { r.markets = {code}; }), "markets") << code;
  }
  EXPECT_EQ(field_of([&](Request& r) {
              r.from = time("2024-02-01");
              r.to = time("2024-01-01");
            }),
            "to");
  EXPECT_EQ(field_of([&](Request& r) { r.from = r.to = time("2024-02-01"); }), "to");
  EXPECT_EQ(field_of([&](Request& r) {
              r.from = time("2010-01-01");
              r.to = time("2024-01-01");
            }),
            "to");
  EXPECT_EQ(field_of([](Request& r) { r.initial_capital = Decimal::from_int(9'999); }),
            "initialCapital");
  EXPECT_EQ(field_of([](Request& r) { r.fee_rate = Decimal::of("-0.1"); }), "feeRate");
  EXPECT_EQ(field_of([](Request& r) { r.slippage_bps = Decimal::from_int(-1); }), "slippageBps");
  EXPECT_EQ(field_of([](Request& r) { r.priorities["KRW-ETH"] = 1; }), "priorities");
  EXPECT_EQ(field_of([](Request& r) { r.fill_model = "open"; }), "fillModel");
  for (const char* text : {"2024", "2024-01-01T00:00:00", "2024-13-01", "yesterday", ""}) {
    const auto refused = parse_time(text, "from");
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().field, "from");
  }
  EXPECT_EQ(timeframes_of("5m").error().field, "timeframes");
}

TEST(EngineTest, NoCandleInRangeNamesMarketAndRange) {
  Request request = request_for("KRW-BTC");
  request.from = parse_time("2023-01-01", "from").value();
  const auto none = testing::run_files(request, {{"KRW-BTC", quiet_candles()}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "CANDLES_MISSING");
  EXPECT_EQ(none.error().message, "no candle of KRW-BTC from 2023-01-01T00:00:00Z");
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

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/strategy-extreme-flip/harness.h"

// Small hand-made markets around one rule each. The signal candles are 15 minutes long, periods are
// short, and the position is what the test says the host sees.
namespace everbit::extreme_flip::testing {
namespace {

constexpr std::int64_t kS = 900 * trading::kNanosecondsPerSecond;
constexpr trading::Timeframes kFrames{900, 1'800, 3'600};

Params quick() {
  Params params{{"ema.fast", "2"},
                {"rsi.period", "2"},
                {"atr.period", "2"},
                {"bb.period", "3"},
                {"vol.period", "2"},
                {"rollingHigh.period", "3"},
                {"regime.ema", "2"},
                {"regime.slopeCandles", "1"},
                {"downtrend.pivotWing", "1"},
                {"entry.minTradedValue24h", "0"}};
  return params;
}

class StateMachineTest : public ::testing::Test {
 protected:
  explicit StateMachineTest() : market_(quick(), kFrames) {
    market_.strategy().start().value();
    for (int i = 0; i < 24; ++i) close_at(100'000);
  }

  // The next candle, 100 wide on either side of its close.
  const plugins::Decision& close_at(std::int64_t close, std::int64_t high_above = 100) {
    const auto number = [](std::int64_t value) { return Decimal::from_int(value); };
    const auto& decision =
        market_.push(trading::make_candle(now_, 900, number(close), number(close + high_above),
                                          number(close - 100), number(close), number(10)));
    now_ += kS;
    return decision;
  }

  // An open position of 1,000 KRW a point of ATR, entered at the close of the last candle.
  void hold(const char* regime, const char* quantity, std::int64_t price = 100'000) {
    auto& view = market_.position();
    view.state = EB_POSITION_OPEN;
    view.quantity = Decimal::of(quantity);
    view.average_price = Decimal::from_int(price);
    view.entry_close = now_;
    view.last_intent = EB_INTENT_ENTRY;
    view.last_outcome = EB_OUTCOME_FILLED;
    view.last_signal_close = now_;
    plugins::Plan plan;
    plan.flags = EB_PLAN_STOP_DISTANCE;
    plan.stop_distance = Decimal::from_int(2'000);
    plan.own = "atr=1000;regime=" + std::string(regime) + ";entry=" + std::to_string(now_) +
               ";part=0;exit=0;intent=0;reason=0";
    view.plan = plan;
  }

  void keep_plan(const plugins::Decision& decision) {
    if (decision.plan) market_.position().plan = decision.plan;
  }

  std::string codes() const { return market_.codes(); }

  Harness market_;
  std::int64_t now_ = 1'640'995'200 * trading::kNanosecondsPerSecond;
};

TEST_F(StateMachineTest, TheStopActsAtExactlyItsDistanceAndNotAbove) {
  hold("UP_TREND", "0.5");
  EXPECT_EQ(close_at(98'001).action, EB_ACTION_NONE);
  const auto& decision = close_at(98'000);
  EXPECT_EQ(codes(), "RISK_STOPLOSS_TRIGGERED");
  EXPECT_EQ(decision.intent, EB_INTENT_EXIT_STOPLOSS);
  EXPECT_TRUE(decision.all);
  EXPECT_EQ(decision.volume, Decimal::of("0.5"));
}

TEST_F(StateMachineTest, TheGuardianGetsAStopPriceFromTheFirstEvaluationOn) {
  hold("UP_TREND", "0.5");
  EXPECT_EQ(market_.position().plan->stop_price(Decimal::from_int(100'000)),
            Decimal::from_int(98'000));
  const auto& decision = close_at(100'000);
  ASSERT_TRUE(decision.plan);
  EXPECT_EQ(decision.plan->stop_price(Decimal::from_int(100'000)), Decimal::from_int(98'000));
  EXPECT_FALSE(decision.plan->has(EB_PLAN_STOP_DISTANCE));
}

TEST_F(StateMachineTest, AnOpenIntentBlocksEverythingButTheStop) {
  hold("UP_TREND", "0.5");
  market_.position().state = EB_POSITION_PENDING;
  EXPECT_EQ(close_at(103'000).action, EB_ACTION_NONE) << "the target waits";
  EXPECT_EQ(codes(), "INTENT_PENDING");
  EXPECT_EQ(close_at(97'000).intent, EB_INTENT_EXIT_STOPLOSS);
}

TEST_F(StateMachineTest, TheTrailGoesOnWhileAnIntentIsOpen) {
  hold("UP_TREND", "0.5");
  market_.position().state = EB_POSITION_PENDING;
  const auto& decision = close_at(103'000);
  ASSERT_TRUE(decision.plan);
  EXPECT_TRUE(decision.plan->has(EB_PLAN_TRAIL_STARTED));
  EXPECT_EQ(decision.plan->trail_top, Decimal::from_int(103'000));
}

TEST_F(StateMachineTest, TheFirstTargetSellsItsShareOnceAndTheTrailTheRest) {
  hold("UP_TREND", "1");
  const auto& first = close_at(102'000);
  EXPECT_EQ(codes(), "RISK_TAKEPROFIT_TRIGGERED");
  EXPECT_EQ(first.volume, Decimal::of("0.4"));
  EXPECT_FALSE(first.all);
  keep_plan(first);
  auto& view = market_.position();
  view.quantity = Decimal::of("0.6");
  view.last_intent = EB_INTENT_EXIT_TP;
  view.last_signal_close = now_;
  keep_plan(close_at(102'500));
  EXPECT_EQ(codes(), "HOLD") << "taken once";
  const auto& rest = close_at(100'500);
  EXPECT_EQ(codes(), "RISK_TRAILING_TRIGGERED");
  EXPECT_EQ(rest.volume, Decimal::of("0.6"));
}

TEST_F(StateMachineTest, ARejectedFirstTargetIsAskedForAgain) {
  hold("UP_TREND", "1");
  keep_plan(close_at(102'000));
  auto& view = market_.position();
  view.last_intent = EB_INTENT_EXIT_TP;
  view.last_outcome = EB_OUTCOME_REJECTED;
  view.last_signal_close = now_;
  close_at(102'100);
  EXPECT_EQ(codes(), "RISK_TAKEPROFIT_TRIGGERED");
}

TEST_F(StateMachineTest, APartOfExactlyTheMinimumIsEnough) {
  // 40 % of 0.125 at 100,000 is 5,000; the target is measured on the close.
  hold("UP_TREND", "0.125", 98'000);
  EXPECT_FALSE(close_at(100'000).all);
  EXPECT_EQ(codes(), "RISK_TAKEPROFIT_TRIGGERED");
}

TEST_F(StateMachineTest, APartBelowTheMinimumSellsAll) {
  hold("UP_TREND", "0.1249", 98'000);
  const auto& decision = close_at(100'000);
  EXPECT_TRUE(decision.all);
  EXPECT_EQ(decision.intent, EB_INTENT_EXIT_TP);
}

TEST_F(StateMachineTest, WhatAFullExitLeftIsSoldAtTheNextCandle) {
  hold("UP_TREND", "1");
  keep_plan(close_at(103'000));
  market_.position().plan->flags |= EB_PLAN_TP1_TAKEN;
  keep_plan(close_at(100'900));
  EXPECT_EQ(codes(), "RISK_TRAILING_TRIGGERED");
  auto& view = market_.position();
  view.quantity = Decimal::of("0.25");
  view.last_intent = EB_INTENT_EXIT_TRAIL;
  view.last_outcome = EB_OUTCOME_FILLED;
  view.last_signal_close = now_;
  const auto& rest = close_at(102'900);
  EXPECT_EQ(rest.intent, EB_INTENT_EXIT_TRAIL) << "although the close is above the trail again";
  EXPECT_EQ(rest.volume, Decimal::of("0.25"));
}

TEST_F(StateMachineTest, ADowntrendEntryIsNotHeldBeyondItsTime) {
  hold("DOWN_TREND", "1", 101'000);
  for (int candle = 1; candle <= 16; ++candle) {
    close_at(100'000);
    ASSERT_EQ(codes(), "HOLD") << candle;
  }
  EXPECT_EQ(close_at(100'000).intent, EB_INTENT_EXIT_TIME);
}

TEST_F(StateMachineTest, ACooldownEndsAtTheCloseItWasCountedTo) {
  auto& view = market_.position();
  view.last_exit = EB_INTENT_EXIT_STOPLOSS;
  view.last_exit_close = now_;
  const auto end = static_cast<double>((now_ + 12 * kS) / trading::kNanosecondsPerSecond);
  for (int candle = 1; candle < 12; ++candle) {
    const auto& values = close_at(100'000).values;
    ASSERT_EQ(codes(), "COOLDOWN_BLOCKED") << candle;
    ASSERT_EQ(std::ranges::count(values, std::pair<std::string, double>("cooldownUntil", end)), 1);
  }
  const auto& values = close_at(100'000).values;
  EXPECT_EQ(codes(), "NO_EXTREME");
  EXPECT_TRUE(std::ranges::none_of(values, [](auto& v) { return v.first == "cooldownUntil"; }));
}

TEST_F(StateMachineTest, AProfitHasNoCooldownUnlessItWasADowntrendEntry) {
  auto& view = market_.position();
  hold("UP_TREND", "1");
  view.state = EB_POSITION_FLAT;
  view.quantity = Decimal();
  view.last_exit = EB_INTENT_EXIT_TP;
  view.last_exit_close = now_;
  close_at(100'000);
  EXPECT_EQ(codes(), "NO_EXTREME");
  view.plan->own.replace(view.plan->own.find("UP_TREND"), 8, "DOWN_TREND");
  close_at(100'000);
  EXPECT_EQ(codes(), "COOLDOWN_BLOCKED");
}

TEST_F(StateMachineTest, APlanThatIsNotOursStopsTheInstanceInsteadOfGuessing) {
  hold("UP_TREND", "1");
  market_.position().plan->own = "atr=;regime=UP";
  plugins::Decision decision;
  const auto candle = trading::make_candle(now_, 900, Decimal::from_int(1), Decimal::from_int(1),
                                           Decimal::from_int(1), Decimal::from_int(1), Decimal());
  EXPECT_FALSE(market_.strategy().decide(candle, market_.position(), {}, decision));
}

}  // namespace
}  // namespace everbit::extreme_flip::testing

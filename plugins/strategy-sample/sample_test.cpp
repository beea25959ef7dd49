#include "sample.h"

#include <gtest/gtest.h>

#include "mock/instance.h"
#include "mock/matchers.h"

// What a plugin author writes: the plugin's own sources, the mock host, no daemon.
namespace everbit::sample {
namespace {

using mock::BreaksNoRule;
using mock::Buys;
using mock::Candle;
using mock::HasReason;
using mock::Sells;
using mock::Waits;

constexpr eb_ts kMinute = 60'000'000'000;
constexpr eb_ts kStart = 1'700'000'040'000'000'000;

mock::Args small_periods() {
  mock::Args args;
  args.params = {{"fastPeriod", "2"}, {"slowPeriod", "3"}, {"amountKrw", "50000"}};
  return args;
}

class SampleTest : public ::testing::Test {
 protected:
  void begin() {
    ASSERT_EQ(strategy_.create(), EB_OK) << strategy_.last_error();
    ASSERT_EQ(strategy_.start(), EB_OK);
  }
  void TearDown() override { EXPECT_THAT(strategy_, BreaksNoRule()); }

  std::optional<mock::Decision> feed(const std::string& close,
                                     const mock::Position& position = {}) {
    next_ += kMinute;
    return strategy_.feed(Candle::flat(next_, 60, close), position);
  }
  static mock::Position held(const std::string& quantity, const std::string& stop) {
    mock::Position position;
    position.state = EB_POSITION_OPEN;
    position.quantity = mock::dec(quantity);
    position.plan = mock::Plan{EB_PLAN_STOP, mock::dec(stop), {}, {}, ""};
    return position;
  }

  mock::Instance strategy_{eb_plugin_entry_v1(), small_periods()};
  eb_ts next_ = kStart;
};

TEST_F(SampleTest, WaitsUntilBothAveragesAreDefined) {
  begin();
  EXPECT_THAT(feed("100"), Waits());
  EXPECT_THAT(feed("90"), HasReason(kWarmup));
}

TEST_F(SampleTest, BuysOnceWhenTheFastAverageCrossesAbove) {
  begin();
  for (const char* close : {"100", "90", "80"}) EXPECT_THAT(feed(close), Waits());
  const auto decision = feed("120");
  EXPECT_THAT(decision, Buys());
  EXPECT_THAT(decision, HasReason(kCrossUp));
  EXPECT_EQ(mock::to_text(decision->amount), "50000");
  EXPECT_EQ(mock::to_text(decision->plan->stop_distance), "2.4");
  EXPECT_THAT(feed("130"), Waits()) << "no second buy while it stays above";
}

TEST_F(SampleTest, SellsAllWhenItCrossesBelow) {
  begin();
  for (const char* close : {"100", "110", "120"}) feed(close);
  const auto decision = feed("50", held("0.5", "10"));
  EXPECT_THAT(decision, Sells(EB_INTENT_EXIT_TP));
  EXPECT_EQ(mock::to_text(decision->volume), "0.5");
}

TEST_F(SampleTest, TheStopIsActedOnEvenWhileAnotherIntentIsOpen) {
  begin();
  for (const char* close : {"100", "110", "120"}) feed(close);
  auto position = held("0.5", "115");
  position.state = EB_POSITION_PENDING;
  EXPECT_THAT(feed("119", position), HasReason(kPending));
  EXPECT_THAT(feed("115", position), Sells(EB_INTENT_EXIT_STOPLOSS));
}

TEST_F(SampleTest, ASplitRunDecidesAsAnUnsplitOne) {
  begin();
  for (const char* close : {"100", "90", "80"}) feed(close);
  const std::string blob = strategy_.save();
  mock::Instance second(eb_plugin_entry_v1(), small_periods());
  ASSERT_EQ(second.create(), EB_OK);
  ASSERT_EQ(second.load(blob), EB_OK) << second.last_error();
  ASSERT_EQ(second.start(), EB_OK);
  EXPECT_THAT(second.feed(Candle::flat(next_ + kMinute, 60, "120")), Buys());
  EXPECT_THAT(second, BreaksNoRule());
}

TEST_F(SampleTest, AnUnknownParameterIsRefusedByName) {
  mock::Args args;
  args.params = {{"fastPeriods", "2"}};
  mock::Instance wrong(eb_plugin_entry_v1(), args);
  EXPECT_EQ(wrong.create(), EB_ERR_UNKNOWN_KEY);
  EXPECT_NE(wrong.last_error().find("fastPeriods"), std::string::npos);
}

}  // namespace
}  // namespace everbit::sample

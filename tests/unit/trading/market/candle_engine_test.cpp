#include "trading/market/candle_engine.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/timestamp.h"

namespace everbit::trading {
namespace {

constexpr int kMinute = 60;
constexpr int kHour = 3'600;
constexpr int kDay = 86'400;
constexpr int kWeek = 7 * kDay;

std::int64_t at(const char* text) { return Timestamp::parse(text).value().ns(); }

Candle candle(std::int64_t open_time, int timeframe_s, int open, int high, int low, int close,
              int volume) {
  const auto number = [](int value) { return Decimal::from_int(value); };
  return make_candle(open_time, timeframe_s, number(open), number(high), number(low), number(close),
                     number(volume));
}

// "S 00:15" for each close, in order.
struct Recorder {
  std::vector<std::string> closes;
  std::vector<std::pair<int, Candle>> candles;

  void operator()(int role, const Candle& closed) {
    const char* name = role == EB_ROLE_SIGNAL ? "S" : role == EB_ROLE_MACRO ? "M" : "L";
    closes.push_back(std::string(name) + " " +
                     Timestamp::from_ns(closed.open_time).to_iso().substr(5, 11));
    candles.emplace_back(role, closed);
  }
  std::vector<Candle> of(int role) const {
    std::vector<Candle> found;
    for (const auto& [kind, closed] : candles) {
      if (kind == role) found.push_back(closed);
    }
    return found;
  }
};

const Timeframes kFrames{15 * kMinute, 30 * kMinute, kHour};

TEST(CandleEngineTest, TheLongerCandleComesFirstSoThatADecisionSeesItsClose) {
  CandleEngine engine(kFrames);
  Recorder seen;
  for (int i = 0; i < 4; ++i) {
    engine.push(candle(at("2022-01-01T00:00:00Z") + i * 15 * kMinute * kNanosecondsPerSecond,
                       15 * kMinute, 5, 6, 4, 5, 1),
                seen);
  }
  const std::vector<std::string> expected{"S 01-01T00:00", "M 01-01T00:00", "S 01-01T00:15",
                                          "S 01-01T00:30", "L 01-01T00:00", "M 01-01T00:30",
                                          "S 01-01T00:45"};
  EXPECT_EQ(seen.closes, expected);
}

TEST(CandleEngineTest, AFilledCandleTakesNoPartInTheLongerOnes) {
  CandleEngine engine(kFrames);
  Recorder seen;
  engine.push(candle(at("2022-01-01T00:00:00Z"), 15 * kMinute, 5, 9, 4, 8, 10), seen);
  engine.push(candle(at("2022-01-01T00:45:00Z"), 15 * kMinute, 3, 7, 2, 6, 20), seen);
  const auto signals = seen.of(EB_ROLE_SIGNAL);
  ASSERT_EQ(signals.size(), 4U);
  EXPECT_EQ(signals[1].flags & EB_CANDLE_FILLED, EB_CANDLE_FILLED);
  EXPECT_EQ(signals[1].low_f, 8);
  EXPECT_EQ(signals[1].volume_f, 0);
  const auto macros = seen.of(EB_ROLE_MACRO);
  ASSERT_EQ(macros.size(), 2U);
  EXPECT_EQ(macros[1].open_f, 3) << "opens with the first real candle, not with the filled one";
  EXPECT_EQ(macros[1].high_f, 7);
  const auto longs = seen.of(EB_ROLE_LONG);
  ASSERT_EQ(longs.size(), 1U);
  EXPECT_EQ(longs[0].high_f, 9);
  EXPECT_EQ(longs[0].low_f, 2);
  EXPECT_EQ(longs[0].volume_f, 30);
}

TEST(CandleEngineTest, AWholePeriodWithoutATradeIsFilledOnEveryTimeframe) {
  CandleEngine engine(kFrames);
  Recorder seen;
  engine.push(candle(at("2022-01-01T00:00:00Z"), 15 * kMinute, 5, 9, 4, 8, 10), seen);
  engine.push(candle(at("2022-01-01T02:00:00Z"), 15 * kMinute, 3, 7, 2, 6, 20), seen);
  EXPECT_EQ(seen.of(EB_ROLE_SIGNAL).size(), 9U);
  const auto macros = seen.of(EB_ROLE_MACRO);
  ASSERT_EQ(macros.size(), 4U);
  for (std::size_t i = 1; i < macros.size(); ++i) {
    EXPECT_NE(macros[i].flags & EB_CANDLE_FILLED, 0U);
    EXPECT_EQ(macros[i].open_f, 8);
  }
  const auto longs = seen.of(EB_ROLE_LONG);
  ASSERT_EQ(longs.size(), 2U);
  EXPECT_EQ(longs[0].flags & EB_CANDLE_FILLED, 0U);
  EXPECT_NE(longs[1].flags & EB_CANDLE_FILLED, 0U);
}

TEST(CandleEngineTest, APeriodThatBeganBeforeTheDataIsNotUsed) {
  CandleEngine engine(kFrames);
  Recorder seen;
  for (int i = 1; i < 8; ++i) {
    engine.push(candle(at("2022-01-01T00:00:00Z") + i * 15 * kMinute * kNanosecondsPerSecond,
                       15 * kMinute, 5, 6, 4, 5, 1),
                seen);
  }
  EXPECT_EQ(seen.of(EB_ROLE_LONG).size(), 1U);
  EXPECT_EQ(seen.of(EB_ROLE_LONG)[0].open_time, at("2022-01-01T01:00:00Z"));
  EXPECT_EQ(seen.of(EB_ROLE_MACRO)[0].open_time, at("2022-01-01T00:30:00Z"));
}

TEST(CandleEngineTest, WeeksBeginOnMonday) {
  EXPECT_EQ(period_start(at("2022-01-02T23:59:00Z"), kWeek), at("2021-12-27T00:00:00Z"));
  EXPECT_EQ(period_start(at("2022-01-03T00:00:00Z"), kWeek), at("2022-01-03T00:00:00Z"));
  EXPECT_EQ(period_start(at("2022-01-03T05:00:00Z"), 4 * kHour), at("2022-01-03T04:00:00Z"));
}

TEST(CandleEngineTest, ALateDuplicateOrCrookedCandleIsSeenBeforeItDoesHarm) {
  CandleEngine engine(kFrames);
  const Candle first = candle(at("2022-01-01T00:15:00Z"), 15 * kMinute, 5, 6, 4, 5, 1);
  EXPECT_EQ(engine.check(first), CandleFault::kNone);
  engine.push(first, [](int, const Candle&) {});
  EXPECT_EQ(engine.check(first), CandleFault::kOrder);
  EXPECT_EQ(engine.check(candle(at("2022-01-01T00:00:00Z"), 15 * kMinute, 5, 6, 4, 5, 1)),
            CandleFault::kOrder);
  EXPECT_EQ(engine.check(candle(at("2022-01-01T00:31:00Z"), 15 * kMinute, 5, 6, 4, 5, 1)),
            CandleFault::kGrid);
  EXPECT_EQ(engine.check(candle(at("2022-01-01T01:00:00Z"), kHour, 5, 6, 4, 5, 1)),
            CandleFault::kTimeframe);
}

}  // namespace
}  // namespace everbit::trading

#include "indicators.hpp"

#include <gtest/gtest.h>

// Values worked out by hand from the formulas of the specification.
namespace eb {
namespace {

TEST(IndicatorsTest, EmaIsUndefinedUntilItsSeedIsTheMeanOfTheFirstCloses) {
  Ema ema(3);
  ema.push(1);
  ema.push(2);
  EXPECT_FALSE(ema.ready());
  ema.push(6);
  ASSERT_TRUE(ema.ready());
  EXPECT_EQ(ema.value(), 3.0);
  ema.push(5);
  EXPECT_EQ(ema.value(), 0.5 * 5 + 0.5 * 3);
}

TEST(IndicatorsTest, RsiStartsOneCandleAfterItsPeriodAndIsFiftyWhenNothingMoves) {
  Rsi flat(2);
  for (int i = 0; i < 2; ++i) flat.push(7);
  EXPECT_FALSE(flat.ready());
  flat.push(7);
  ASSERT_TRUE(flat.ready());
  EXPECT_EQ(flat.value(), 50.0);

  Rsi rsi(2);
  for (const double close : {10.0, 12.0, 11.0}) rsi.push(close);
  EXPECT_DOUBLE_EQ(rsi.value(), 100.0 * 1.0 / (1.0 + 0.5));
  rsi.push(14);  // gain (1·1 + 3)/2, loss (1·0.5 + 0)/2
  EXPECT_DOUBLE_EQ(rsi.value(), 100.0 * 2.0 / (2.0 + 0.25));
}

TEST(IndicatorsTest, AtrSeesTheGapFromThePreviousClose) {
  Atr atr(2);
  atr.push(10, 8, 9);
  atr.push(15, 14, 15);  // 15 - 9
  EXPECT_FALSE(atr.ready());
  atr.push(13, 11, 12);  // 15 - 11
  ASSERT_TRUE(atr.ready());
  EXPECT_EQ(atr.value(), 5.0);
  atr.push(12, 11, 12);
  EXPECT_EQ(atr.value(), (1 * 5.0 + 1.0) / 2);
}

TEST(IndicatorsTest, EqualClosesHaveADeviationOfExactlyZero) {
  Bollinger bands(20, 2);
  for (int i = 0; i < 20; ++i) bands.push(0.1);
  EXPECT_EQ(bands.bands().up, bands.bands().down);
  EXPECT_EQ(bands.bands().percent_b(0.1), 0.5);
}

TEST(IndicatorsTest, BollingerUsesThePopulationDeviation) {
  Bollinger bands(4, 2);
  for (const double close : {99.0, 2.0, 4.0, 4.0, 6.0}) bands.push(close);
  const auto now = bands.bands();
  EXPECT_EQ(now.middle, 4.0);
  EXPECT_DOUBLE_EQ(now.up, 4.0 + 2 * std::sqrt(2.0));
}

TEST(IndicatorsTest, APivotIsKnownOnlyWhenItsRightSideIs) {
  PivotLows pivots(1, 6);
  for (const double low : {5.0, 3.0, 5.0, 2.0}) pivots.push(low);
  EXPECT_FALSE(pivots.latest_two()) << "the last low is no pivot yet";
  pivots.push(4);
  ASSERT_TRUE(pivots.latest_two());
  EXPECT_EQ(*pivots.latest_two(), std::pair(3, 1));
}

TEST(IndicatorsTest, APivotEqualToItsNeighbourIsNone) {
  PivotLows pivots(1, 6);
  for (const double low : {5.0, 3.0, 3.0, 5.0, 2.0, 5.0}) pivots.push(low);
  EXPECT_FALSE(pivots.latest_two());
}

TEST(IndicatorsTest, APivotBeyondTheReachIsForgotten) {
  PivotLows pivots(1, 3);
  for (const double low : {5.0, 3.0, 5.0, 2.0, 4.0}) pivots.push(low);
  EXPECT_TRUE(pivots.latest_two());
  pivots.push(4);
  EXPECT_FALSE(pivots.latest_two());
}

}  // namespace
}  // namespace eb

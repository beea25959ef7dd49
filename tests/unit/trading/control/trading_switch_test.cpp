#include "trading/control/trading_switch.h"

#include <gtest/gtest.h>

#include <array>

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;

constexpr std::array kTypes{IntentType::kEntry,    IntentType::kExitStoploss,
                            IntentType::kExitTp,   IntentType::kExitTrail,
                            IntentType::kExitTime, IntentType::kExitManual};

class TradingSwitchTest : public testing::Test {
 protected:
  ManualClock clock_;
  TradingSwitch switch_{clock_};
};

TEST(PermitsTest, OnLetsEverythingThrough) {
  for (const IntentType type : kTypes) EXPECT_TRUE(permits(AccountPosition::kOn, type));
}

TEST(PermitsTest, ExitsOnlyStopsEntriesAndKeepsEveryWayOutOpen) {
  for (const IntentType type : kTypes) {
    EXPECT_EQ(permits(AccountPosition::kExitsOnly, type), type != IntentType::kEntry);
  }
}

TEST(PermitsTest, OffStopsExitsToo) {
  for (const IntentType type : kTypes) EXPECT_FALSE(permits(AccountPosition::kOff, type));
}

TEST_F(TradingSwitchTest, IsOffBeforeTheDatabaseHasSaidAnything) {
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  switch_.update(AccountPosition::kOn, clock_.steady_now());
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
}

TEST_F(TradingSwitchTest, CountsAsOffWhenTheDatabaseIsSilentForASecond) {
  switch_.update(AccountPosition::kOn, clock_.steady_now());
  clock_.advance(milliseconds(1000));
  EXPECT_TRUE(switch_.permits(IntentType::kEntry));
  clock_.advance(milliseconds(1));
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  EXPECT_FALSE(switch_.permits(IntentType::kExitStoploss));
}

TEST_F(TradingSwitchTest, AReadingThatSaysTheSameKeepsItAlive) {
  switch_.update(AccountPosition::kExitsOnly, clock_.steady_now());
  for (int i = 0; i < 30; ++i) {
    clock_.advance(milliseconds(100));
    switch_.refresh(clock_.steady_now());
  }
  EXPECT_EQ(switch_.position(), AccountPosition::kExitsOnly);
}

TEST_F(TradingSwitchTest, AnswersAgainWithTheSamePositionOnceTheDatabaseIsBack) {
  switch_.update(AccountPosition::kOn, clock_.steady_now());
  clock_.advance(milliseconds(5000));
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  switch_.refresh(clock_.steady_now());
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
}

TEST_F(TradingSwitchTest, ASlowAnswerIsAsOldAsItsQuestion) {
  const SteadyTime asked = clock_.steady_now();
  clock_.advance(milliseconds(800));
  switch_.update(AccountPosition::kOn, asked);
  clock_.advance(milliseconds(201));
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
}

TEST_F(TradingSwitchTest, OffTakesEffectAtOnce) {
  switch_.update(AccountPosition::kOn, clock_.steady_now());
  switch_.update(AccountPosition::kOff, clock_.steady_now());
  for (const IntentType type : kTypes) EXPECT_FALSE(switch_.permits(type));
}

TEST_F(TradingSwitchTest, AJumpOfTheWallClockNeitherOpensNorClosesIt) {
  switch_.update(AccountPosition::kOn, clock_.steady_now());
  clock_.set(clock_.now() + std::chrono::hours(24));
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
}

}  // namespace
}  // namespace everbit::trading

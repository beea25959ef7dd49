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
  void row(AccountPosition position, SteadyTime as_of) { switch_.update(reading(position), as_of); }
  void row(AccountPosition position) { row(position, clock_.steady_now()); }
  // Each row is changed a second after the one before.
  SwitchReading reading(AccountPosition position) {
    SwitchReading reading;
    reading.version = ++version_;
    reading.row = {position, "OWNER", false, {"FLIP"}};
    reading.changed_at = changed_at(version_);
    return reading;
  }
  static Timestamp changed_at(std::int64_t version) {
    return Timestamp::from_seconds(1'700'000'000 + version);
  }
  static StateFile pending(AccountPosition position) {
    return {{position, {}}, false, changed_at(0), "cli:0", "OWNER"};
  }

  std::int64_t version_ = 0;
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
  row(AccountPosition::kOn);
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
}

TEST_F(TradingSwitchTest, CountsAsOffWhenTheDatabaseIsSilentForASecond) {
  row(AccountPosition::kOn);
  clock_.advance(milliseconds(1000));
  EXPECT_TRUE(switch_.permits(IntentType::kEntry));
  clock_.advance(milliseconds(1));
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  EXPECT_FALSE(switch_.permits(IntentType::kExitStoploss));
}

TEST_F(TradingSwitchTest, AReadingThatSaysTheSameKeepsItAlive) {
  row(AccountPosition::kExitsOnly);
  for (int i = 0; i < 30; ++i) {
    clock_.advance(milliseconds(100));
    row(AccountPosition::kExitsOnly);
  }
  EXPECT_EQ(switch_.position(), AccountPosition::kExitsOnly);
}

TEST_F(TradingSwitchTest, AnswersAgainWithTheSamePositionOnceTheDatabaseIsBack) {
  row(AccountPosition::kOn);
  clock_.advance(milliseconds(5000));
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  row(AccountPosition::kOn);
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
}

TEST_F(TradingSwitchTest, ASlowAnswerIsAsOldAsItsQuestion) {
  const SteadyTime asked = clock_.steady_now();
  clock_.advance(milliseconds(800));
  row(AccountPosition::kOn, asked);
  clock_.advance(milliseconds(201));
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
}

TEST_F(TradingSwitchTest, OffTakesEffectAtOnce) {
  row(AccountPosition::kOn);
  row(AccountPosition::kOff);
  for (const IntentType type : kTypes) EXPECT_FALSE(switch_.permits(type));
}

TEST_F(TradingSwitchTest, AJumpOfTheWallClockNeitherOpensNorClosesIt) {
  row(AccountPosition::kOn);
  clock_.set(clock_.now() + std::chrono::hours(24));
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
}

TEST_F(TradingSwitchTest, AnOlderRowThatComesLateChangesNothing) {
  const SwitchReading old = reading(AccountPosition::kOn);
  row(AccountPosition::kOff);
  clock_.advance(milliseconds(10));
  switch_.update(old, clock_.steady_now());
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
}

TEST_F(TradingSwitchTest, AStrategyIsOffUnlessTheRowNamesItAndNobodyOrderedItOff) {
  EXPECT_FALSE(switch_.permits(IntentType::kExitTp, "FLIP"));
  row(AccountPosition::kOn);
  EXPECT_TRUE(switch_.permits(IntentType::kEntry, "FLIP"));
  EXPECT_FALSE(switch_.permits(IntentType::kEntry, "OTHER"));
  switch_.order({AccountPosition::kOn, {"FLIP"}});
  EXPECT_FALSE(switch_.permits(IntentType::kEntry, "FLIP"));
  EXPECT_FALSE(switch_.permits(IntentType::kExitStoploss, "FLIP"));
  EXPECT_TRUE(switch_.permits(IntentType::kExitManual, "FLIP")) << "the owner's exit asks nobody";
}

TEST_F(TradingSwitchTest, TheStrictestOfRowOrderAndFilesCounts) {
  row(AccountPosition::kOn);
  switch_.order({AccountPosition::kExitsOnly, {}});
  EXPECT_EQ(switch_.position(), AccountPosition::kExitsOnly);
  switch_.set_files({pending(AccountPosition::kOff), false, false});
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  switch_.ordered_in_file({});
  EXPECT_EQ(switch_.position(), AccountPosition::kOn);
  switch_.set_files({std::nullopt, false, true});
  EXPECT_EQ(switch_.position(), AccountPosition::kOff);
  EXPECT_EQ(switch_.view().reason_code, "KILL_FILE_PRESENT");
  switch_.set_files({std::nullopt, true, false});
  EXPECT_EQ(switch_.position(), AccountPosition::kOff) << "a state file that says nothing";
}

// From the moment that the row was changed until it is read again, nothing may get through.
TEST_F(TradingSwitchTest, AnOrderHoldsUntilTheRowThatHasItIsRead) {
  row(AccountPosition::kOn);
  StateFile stored = pending(AccountPosition::kOff);
  stored.stored = true;
  stored.changed_at = changed_at(version_ + 1);
  switch_.set_files({stored, false, false});
  EXPECT_EQ(switch_.position(), AccountPosition::kOff) << "the memory still has the old row";
  EXPECT_FALSE(switch_.view().stored);
  row(AccountPosition::kOff);
  EXPECT_TRUE(switch_.view().stored);
  row(AccountPosition::kOn);
  EXPECT_EQ(switch_.position(), AccountPosition::kOn) << "a newer row lifts it";
}

TEST_F(TradingSwitchTest, AnOrderThatIsNotStoredHoldsAgainstEveryRow) {
  switch_.set_files({pending(AccountPosition::kExitsOnly), false, false});
  for (int i = 0; i < 3; ++i) row(AccountPosition::kOn);
  EXPECT_EQ(switch_.position(), AccountPosition::kExitsOnly);
  const SwitchView view = switch_.view();
  EXPECT_FALSE(view.stored);
  EXPECT_EQ(view.changed_by, "cli:0");
}

TEST_F(TradingSwitchTest, SilenceIsToldFromAnOrder) {
  row(AccountPosition::kOn);
  clock_.advance(milliseconds(1001));
  EXPECT_TRUE(switch_.is_stale());
  EXPECT_TRUE(switch_.restriction().is_empty());
  EXPECT_EQ(switch_.view().reason_code, "SWITCH_UNREAD");
}

}  // namespace
}  // namespace everbit::trading

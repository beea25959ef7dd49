#include <gtest/gtest.h>

#include "trading/execution/attempt.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

const IntentId kEntryIntent(7);

class SendRefusalTest : public testing::Test {
 protected:
  SendRefusalTest() {
    facts_.account = AccountPosition::kOn;
    facts_.strategy_enabled = true;
    facts_.market_suspended = false;
    facts_.other_attempt_unsettled = false;
    facts_.exchange_blocked = false;
    facts_.position_entry = kEntryIntent;
    facts_.position_quantity = Decimal::of("1.5");
    rules_.now = Timestamp::from_seconds(1'700'000'000);
    rules_.key_usable = true;
  }

  std::optional<std::string> refused(IntentType type) const {
    Attempt attempt;
    attempt.type = type;
    attempt.signal_close = rules_.now - age_;
    if (attempt.is_exit()) {
      attempt.entry_intent = kEntryIntent;
      attempt.requested_volume = requested_;
    }
    return refusal(attempt, facts_, rules_);
  }

  void expect(const std::optional<std::string>& entry, const std::optional<std::string>& exit,
              const std::optional<std::string>& manual) const {
    EXPECT_EQ(refused(IntentType::kEntry), entry);
    for (const IntentType type : {IntentType::kExitStoploss, IntentType::kExitTp,
                                  IntentType::kExitTrail, IntentType::kExitTime}) {
      EXPECT_EQ(refused(type), exit) << to_string(type);
    }
    EXPECT_EQ(refused(IntentType::kExitManual), manual);
  }

  SendFacts facts_;
  SendRules rules_;
  seconds age_{0};
  std::optional<Decimal> requested_ = Decimal::of("1.5");
};

constexpr std::nullopt_t kSent = std::nullopt;

TEST_F(SendRefusalTest, SendsWhatNothingSpeaksAgainst) { expect(kSent, kSent, kSent); }

TEST_F(SendRefusalTest, NothingIsSentByDefaultSoThatAMissingRowIsNoPermission) {
  facts_ = SendFacts();
  expect("KILL_SWITCH_OFF", "KILL_SWITCH_OFF", "KILL_SWITCH_OFF");
}

TEST_F(SendRefusalTest, OffStopsEverything) {
  facts_.account = AccountPosition::kOff;
  expect("KILL_SWITCH_OFF", "KILL_SWITCH_OFF", "KILL_SWITCH_OFF");
}

TEST_F(SendRefusalTest, ExitsOnlyStopsEntriesAlone) {
  facts_.account = AccountPosition::kExitsOnly;
  expect("KILL_SWITCH_EXITS_ONLY", kSent, kSent);
}

TEST_F(SendRefusalTest, ARefusedKeyOrdersNothing) {
  rules_.key_usable = false;
  expect("KEY_NOT_VERIFIED", "KEY_NOT_VERIFIED", "KEY_NOT_VERIFIED");
}

TEST_F(SendRefusalTest, ABlockedExchangeIsNotCalledEvenToSell) {
  facts_.exchange_blocked = true;
  expect("UPBIT_BLOCKED_418", "UPBIT_BLOCKED_418", "UPBIT_BLOCKED_418");
}

TEST_F(SendRefusalTest, TheStrategysSwitchDoesNotHoldTheOwnerBack) {
  facts_.strategy_enabled = false;
  expect("STRATEGY_OFF", "STRATEGY_OFF", kSent);
}

TEST_F(SendRefusalTest, OutOfASuspendedMarketOnlyTheOwnerSells) {
  facts_.market_suspended = true;
  expect("MARKET_SUSPENDED", "MARKET_SUSPENDED", kSent);
}

TEST_F(SendRefusalTest, NothingIsSentBesideAnAttemptOfUnknownFate) {
  facts_.other_attempt_unsettled = true;
  expect("MARKET_HAS_UNKNOWN", "MARKET_HAS_UNKNOWN", "MARKET_HAS_UNKNOWN");
}

TEST_F(SendRefusalTest, AnEntryIsGoodForOneSignalCandleAndAnExitAsLongAsItsPosition) {
  age_ = rules_.signal_period;
  expect(kSent, kSent, kSent);
  age_ += seconds(1);
  expect("STALE_SIGNAL", kSent, kSent);
}

TEST_F(SendRefusalTest, AnExitSellsNoOtherPositionThanItsOwn) {
  facts_.position_entry = IntentId(8);
  expect(kSent, "STALE_POSITION", "STALE_POSITION");
}

TEST_F(SendRefusalTest, AnExitSellsNothingOnceThePositionIsFlat) {
  facts_.position_entry.reset();
  expect(kSent, "STALE_POSITION", "STALE_POSITION");
}

TEST_F(SendRefusalTest, AnExitNeverSellsMoreThanIsHeld) {
  facts_.position_quantity = Decimal::of("1.499999999999999999");
  expect(kSent, "STALE_POSITION", "STALE_POSITION");
  requested_ = Decimal::of("1.499999999999999999");
  expect(kSent, kSent, kSent);
}

TEST_F(SendRefusalTest, WhatPaperLeftPreparedNeverReachesTheRealExchangeNorTheOtherWayRound) {
  rules_.mode = Mode::kPaper;
  expect("OTHER_MODE", "OTHER_MODE", "OTHER_MODE");
}

TEST_F(SendRefusalTest, AnExitWithoutAVolumeIsNotSent) {
  requested_.reset();
  expect(kSent, "STALE_POSITION", "STALE_POSITION");
}

}  // namespace
}  // namespace everbit::trading

#include "trading/risk/risk_gate.h"

#include <gtest/gtest.h>

#include <array>

namespace everbit::trading {
namespace {

using Reasons = std::vector<RefusalReason>;

constexpr Request kAll[] = {Request::kEntry, Request::kStrategyExit, Request::kGuardianExit,
                            Request::kManualExit};

GateFacts facts_for(Request request) {
  GateFacts facts;
  facts.position_open = request != Request::kEntry;
  return facts;
}

// What one changed fact gives for entry, strategy exit, guardian and manual exit.
void expect(void (*change)(GateFacts&), RefusalReason reason, std::array<bool, 4> refused) {
  for (std::size_t i = 0; i < 4; ++i) {
    GateFacts facts = facts_for(kAll[i]);
    change(facts);
    EXPECT_EQ(check_gate(kAll[i], facts), refused[i] ? Reasons{reason} : Reasons{})
        << code_of(reason) << " " << i;
  }
}

TEST(RiskGateTest, EveryRowOfTheTableHoldsForEveryColumn) {
  for (const Request request : kAll) EXPECT_TRUE(check_gate(request, facts_for(request)).empty());
  using F = GateFacts;
  using R = RefusalReason;
  expect([](F& f) { f.needs_key = true, f.key_present = false; }, R::kKeyMissing,
         {true, true, true, true});
  expect([](F& f) { f.needs_key = true, f.key_verified = false; }, R::kKeyUnverified,
         {true, true, true, true});
  expect([](F& f) { f.exchange_blocked = true; }, R::kExchangeBlocked, {true, true, true, true});
  expect([](F& f) { f.intent_open = true; }, R::kIntentOpen, {true, true, true, true});
  expect([](F& f) { f.strategy_healthy = false; }, R::kStrategyUnhealthy,
         {true, true, false, false});
  expect([](F& f) { f.strategy_switch_on = false; }, R::kStrategySwitchOff,
         {true, true, true, false});
  expect([](F& f) { f.account = AccountPosition::kOff; }, R::kAccountSwitchOff,
         {true, true, true, true});
  expect([](F& f) { f.account = AccountPosition::kExitsOnly; }, R::kAccountExitsOnly,
         {true, false, false, false});
  expect([](F& f) { f.market_suspended = true; }, R::kMarketSuspended, {true, true, true, false});
  expect([](F& f) { f.attempt_in_flight = true; }, R::kAttemptInFlight,
         {false, false, false, true});
  expect([](F& f) { f.market_enabled = false; }, R::kMarketDisabled, {true, false, false, false});
  expect([](F& f) { f.market_cooling_down = true; }, R::kCooldown, {true, false, false, false});
  expect([](F& f) { f.signal_fresh = false; }, R::kStaleSignal, {true, false, false, false});
  expect([](F& f) { f.candle_verified = false; }, R::kCandleUnverified,
         {true, false, false, false});
}

TEST(RiskGateTest, NoSecondPositionAndNoSaleOfNothing) {
  GateFacts facts;
  facts.position_open = true;
  EXPECT_EQ(check_gate(Request::kEntry, facts), Reasons{RefusalReason::kPositionOpen});
  facts.position_open = false;
  EXPECT_EQ(check_gate(Request::kManualExit, facts), Reasons{RefusalReason::kNoPosition});
}

TEST(RiskGateTest, AStopMayReplaceAnIntentThatWasNotSent) {
  GateFacts facts = facts_for(Request::kStrategyExit);
  facts.intent_open = true;
  facts.replaces_open_intent = true;
  EXPECT_TRUE(check_gate(Request::kStrategyExit, facts).empty());
}

TEST(RiskGateTest, AllReasonsAreToldAndTheAccountSwitchAloneIsRecognised) {
  GateFacts facts;
  facts.account = AccountPosition::kOff;
  EXPECT_TRUE(only_account_switch(check_gate(Request::kEntry, facts)));
  facts.market_suspended = true;
  const Reasons both{RefusalReason::kAccountSwitchOff, RefusalReason::kMarketSuspended};
  EXPECT_EQ(check_gate(Request::kEntry, facts), both);
  EXPECT_FALSE(only_account_switch(both));
  EXPECT_FALSE(only_account_switch({}));
}

}  // namespace
}  // namespace everbit::trading

#include "trading/risk/risk_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

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
  expect([](F& f) { f.needs_key = true, f.key_verified = false; }, R::kKeyNotVerified,
         {true, true, true, true});
  expect([](F& f) { f.exchange_blocked = true; }, R::kExchangeBlocked, {true, true, true, true});
  expect([](F& f) { f.intent_open = true; }, R::kIntentOpen, {true, true, true, true});
  expect([](F& f) { f.strategy_healthy = false; }, R::kStrategyUnhealthy,
         {true, true, false, false});
  expect([](F& f) { f.strategy_switch_on = false; }, R::kStrategyOff, {true, true, true, false});
  expect([](F& f) { f.account = AccountPosition::kOff; }, R::kAccountOff, {true, true, true, true});
  expect([](F& f) { f.account = AccountPosition::kExitsOnly; }, R::kAccountExitsOnly,
         {true, false, false, false});
  expect([](F& f) { f.market_suspended = true; }, R::kMarketSuspended, {true, true, true, false});
  expect([](F& f) { f.attempt_in_flight = true; }, R::kMarketHasUnknown,
         {false, false, false, true});
  expect([](F& f) { f.market_enabled = false; }, R::kMarketDisabled, {true, false, false, false});
  expect([](F& f) { f.market_cooling_down = true; }, R::kCooldown, {true, false, false, false});
  expect([](F& f) { f.signal_fresh = false; }, R::kStaleSignal, {true, false, false, false});
  expect([](F& f) { f.candle_verified = false; }, R::kCandleUnverified,
         {true, false, false, false});
  expect([](F& f) { f.daily_loss_reached = true; }, R::kDailyLoss, {true, false, false, false});
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
  const Reasons both{RefusalReason::kAccountOff, RefusalReason::kMarketSuspended};
  EXPECT_EQ(check_gate(Request::kEntry, facts), both);
  EXPECT_FALSE(only_account_switch(both));
  EXPECT_FALSE(only_account_switch({}));
}

// Page 10's table once more, told from the side of what must hold.
bool must_pass(Request request, const GateFacts& f) {
  const bool entry = request == Request::kEntry;
  const bool manual = request == Request::kManualExit;
  const bool everyone = (!f.needs_key || (f.key_present && f.key_verified)) &&
                        !f.exchange_blocked && (!f.intent_open || f.replaces_open_intent);
  const bool strategy =
      manual || (f.strategy_switch_on && (f.strategy_healthy || request == Request::kGuardianExit));
  const bool account =
      f.account == AccountPosition::kOn || (f.account == AccountPosition::kExitsOnly && !entry);
  const bool market = manual ? !f.attempt_in_flight : !f.market_suspended;
  const bool rest = entry ? f.market_enabled && !f.market_cooling_down && f.signal_fresh &&
                                f.candle_verified && !f.position_open && !f.daily_loss_reached
                          : f.position_open;
  return everyone && strategy && account && market && rest;
}

// Facts of which any mix occurs; mostly good ones, so that enough of them pass.
class RandomFacts {
 public:
  explicit RandomFacts(unsigned seed) : random_(seed) {}

  GateFacts operator()() {
    GateFacts f;
    f.needs_key = likely(), f.key_present = likely(), f.key_verified = likely();
    f.exchange_blocked = rare(), f.intent_open = rare(), f.replaces_open_intent = rare();
    f.strategy_healthy = likely(), f.strategy_switch_on = likely();
    f.account = likely() ? AccountPosition::kOn
                         : (likely() ? AccountPosition::kExitsOnly : AccountPosition::kOff);
    f.market_suspended = rare(), f.attempt_in_flight = rare(), f.market_enabled = likely();
    f.market_cooling_down = rare(), f.signal_fresh = likely(), f.candle_verified = likely();
    f.position_open = pick(2) == 0, f.daily_loss_reached = rare();
    return f;
  }
  // One fact becomes more favourable, or stays.
  GateFacts loosen(GateFacts f, Request request) {
    switch (pick(16)) {
      case 0:
        f.needs_key = false;
        break;
      case 1:
        f.key_present = true;
        break;
      case 2:
        f.key_verified = true;
        break;
      case 3:
        f.exchange_blocked = false;
        break;
      case 4:
        f.intent_open = false;
        break;
      case 5:
        f.replaces_open_intent = true;
        break;
      case 6:
        f.strategy_healthy = true;
        break;
      case 7:
        f.strategy_switch_on = true;
        break;
      case 8:
        f.account =
            pick(2) == 0 ? std::min(f.account, AccountPosition::kExitsOnly) : AccountPosition::kOn;
        break;
      case 9:
        f.market_suspended = false;
        break;
      case 10:
        f.attempt_in_flight = false;
        break;
      case 11:
        f.market_enabled = true;
        break;
      case 12:
        f.market_cooling_down = false;
        break;
      case 13:
        f.signal_fresh = true;
        break;
      case 14:
        f.candle_verified = true;
        f.daily_loss_reached = false;
        break;
      default:
        f.position_open = request != Request::kEntry;
    }
    return f;
  }
  Request request() { return kAll[pick(4)]; }

 private:
  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  bool rare() { return pick(12) == 0; }
  bool likely() { return !rare(); }
  std::mt19937 random_;
};

TEST(RiskGatePropertyTest, NothingPassesUnlessEveryConditionHoldsAndNothingElseIsRefused) {
  RandomFacts random(20261);
  int passed = 0;
  for (int round = 0; round < 200'000; ++round) {
    const Request request = random.request();
    const GateFacts facts = random();
    const bool passes = check_gate(request, facts).empty();
    ASSERT_EQ(passes, must_pass(request, facts)) << "round " << round;
    passed += passes ? 1 : 0;
  }
  EXPECT_GT(passed, 10'000) << "the generator must try both sides";
}

TEST(RiskGatePropertyTest, LooseningNeverTurnsAPassIntoARefusalNorAddsAReason) {
  RandomFacts random(20262);
  for (int round = 0; round < 200'000; ++round) {
    const Request request = random.request();
    const GateFacts facts = random();
    const GateFacts looser = random.loosen(facts, request);
    const auto before = check_gate(request, facts);
    const auto after = check_gate(request, looser);
    ASSERT_LE(after.size(), before.size()) << "round " << round;
    ASSERT_TRUE(!before.empty() || after.empty()) << "round " << round;
  }
}

TEST(RiskGatePropertyTest, EveryReasonHasACodeOfItsOwn) {
  std::vector<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(RefusalReason::kDust); ++i) {
    codes.push_back(code_of(static_cast<RefusalReason>(i)));
  }
  std::sort(codes.begin(), codes.end());
  EXPECT_EQ(std::unique(codes.begin(), codes.end()), codes.end());
  EXPECT_FALSE(std::binary_search(codes.begin(), codes.end(), "UNKNOWN"));
}

}  // namespace
}  // namespace everbit::trading

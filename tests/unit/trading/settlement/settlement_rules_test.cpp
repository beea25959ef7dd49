#include <gtest/gtest.h>

#include "trading/settlement/coin_check.h"
#include "trading/settlement/lookup_plan.h"
#include "trading/settlement/open_attempt.h"
#include "trading/settlement/quarantine.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const SteadyTime kStart{};
const Timestamp kSentAt = Timestamp::from_seconds(1'700'000'000);

TEST(Quarantine, NeedsItsTwoMinutesAndItsFiveLookUpsBoth) {
  EXPECT_FALSE(quarantine_of(kSentAt, 5, kSentAt + seconds(119)).over);
  EXPECT_FALSE(quarantine_of(kSentAt, 4, kSentAt + minutes(60)).over);
  EXPECT_TRUE(quarantine_of(kSentAt, 5, kSentAt + seconds(120)).over);
  EXPECT_EQ(quarantine_of(kSentAt, 3, kSentAt).until, kSentAt + minutes(2));
  EXPECT_EQ(quarantine_of(kSentAt, 3, kSentAt).lookups, 3);
}

TEST(LookupPlan, AsksOftenAtFirstAndEveryThirtySecondsForGood) {
  LookupPlan plan;
  const Uuid id = Uuid::make_v4();
  SteadyTime now = kStart;
  EXPECT_FALSE(plan.is_due(id, milliseconds(0), now));
  for (const int pause : {1, 2, 5, 10, 30, 30, 30}) {
    EXPECT_FALSE(plan.is_due(id, seconds(100), now + seconds(pause) - milliseconds(1)));
    now += seconds(pause);
    EXPECT_TRUE(plan.is_due(id, seconds(100), now));
    plan.looked_up(id, now);
  }
}

TEST(LookupPlan, AfterARestartDoesNotWaitForWhatIsOldAlready) {
  LookupPlan plan;
  EXPECT_TRUE(plan.is_due(Uuid::make_v4(), minutes(3), kStart));
}

TEST(LookupPlan, ForgetsWhatWasSettled) {
  LookupPlan plan;
  const Uuid settled = Uuid::make_v4();
  const Uuid waiting = Uuid::make_v4();
  for (const Uuid& id : {settled, waiting}) {
    (void)plan.is_due(id, minutes(1), kStart);
    plan.looked_up(id, kStart);
  }
  plan.forget_unseen();
  (void)plan.is_due(waiting, minutes(1), kStart);
  plan.forget_unseen();
  EXPECT_EQ(plan.made(settled), 0);
  EXPECT_EQ(plan.made(waiting), 1);
}

CoinState coin(const char* before, const char* balance, const char* locked, const char* by_us) {
  return {Decimal::of(before), Decimal::of(balance), Decimal::of(locked), Decimal::of(by_us)};
}

TEST(CoinCheck, TheCoinIsUntouchedOnlyIfEverySatoshiIsWhereItWas) {
  EXPECT_TRUE(is_untouched(coin("1.5", "1.5", "0", "0")));
  EXPECT_TRUE(is_untouched(coin("1.5", "1.2", "0.3", "0.3"))) << "an order that we know locks it";
  EXPECT_FALSE(is_untouched(coin("1.5", "1.50000001", "0", "0"))) << "bought";
  EXPECT_FALSE(is_untouched(coin("1.5", "1.4", "0", "0"))) << "sold";
  EXPECT_FALSE(is_untouched(coin("1.5", "1.2", "0.3", "0"))) << "locked by an order nobody knows";
  EXPECT_FALSE(is_untouched(coin("1.5", "1.2", "0.3", "0.2")));
}

TEST(OpenAttempt, NamesTheProcessThatSentIt) {
  OpenAttempt attempt;
  const Uuid instance = Uuid::make_v4();
  attempt.sent_token = instance.to_string() + ":" + Uuid::make_v4().to_string();
  EXPECT_EQ(attempt.sender(), instance);
  attempt.sent_token = "by hand";
  EXPECT_FALSE(attempt.sender());
}

}  // namespace
}  // namespace everbit::trading

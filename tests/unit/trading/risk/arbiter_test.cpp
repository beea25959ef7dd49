#include "trading/risk/arbiter.h"

#include <gtest/gtest.h>

#include <random>

namespace everbit::trading {
namespace {

Decimal krw(std::int64_t value) { return Decimal::from_int(value); }

EntryCandidate entry(std::string market, double strength, std::int64_t wanted = 50'000) {
  return {std::move(market), strength, 0, krw(wanted), krw(10'000), 2};
}

TEST(ArbiterTest, StrengthThenPriorityThenCodeRank) {
  std::vector<EntryCandidate> candidates{entry("KRW-D", 3), entry("KRW-C", 3), entry("KRW-B", 3),
                                         entry("KRW-A", 4)};
  candidates[0].priority = -1;
  EXPECT_EQ(rank_entries(candidates), (std::vector<std::size_t>{3, 0, 2, 1}));
}

TEST(ArbiterTest, ARefusedEntryTakesNoSlot) {
  std::vector<EntryCandidate> candidates{entry("KRW-A", 9, 50'000), entry("KRW-B", 8),
                                         entry("KRW-C", 7)};
  candidates[0].minimum = krw(500'000);
  const auto verdicts = arbitrate(candidates, {krw(200'000), 0, Decimal::of("0.0005")});
  EXPECT_EQ(verdicts[0].refusal, RefusalReason::kAmountBlocked);
  EXPECT_FALSE(verdicts[1].refusal);
  EXPECT_FALSE(verdicts[2].refusal);
}

TEST(ArbiterTest, SlotsAreCheckedBeforeCash) {
  const auto verdict = judge_entry(entry("KRW-A", 9), {Decimal(), 2, Decimal()});
  EXPECT_EQ(verdict.refusal, RefusalReason::kMaxOpenMarkets);
}

TEST(ArbiterTest, TheFeeIsPaidOutOfTheSameCash) {
  EXPECT_EQ(affordable(krw(100'000), krw(100'000), Decimal::of("0.0005")), krw(99'950));
  EXPECT_EQ(affordable(krw(99'950), krw(100'000), Decimal::of("0.0005")), krw(99'950));
  EXPECT_EQ(affordable(krw(99'950), krw(-5), Decimal()), krw(0));
}

// Whatever is asked for: never more than the cash, never more than the slots, never less than the
// minimum, and a stronger entry is not passed over for a weaker one that wants no less.
TEST(ArbiterTest, NoMixOfEntriesOverspendsOrOverfills) {
  std::mt19937 random(7);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<EntryCandidate> candidates;
    const int n = pick(0, 8);
    for (int i = 0; i < n; ++i) {
      candidates.push_back(entry("KRW-" + std::to_string(i), pick(0, 5), pick(10'000, 90'000)));
      candidates.back().priority = pick(-1, 1);
      candidates.back().max_open_markets = 4;
    }
    const EntryBudget budget{krw(pick(-100, 300'000)), pick(0, 5), Decimal::of("0.0005")};
    Decimal spent;
    int granted = 0;
    for (const EntryVerdict& verdict : arbitrate(candidates, budget)) {
      if (verdict.refusal) continue;
      ++granted;
      EXPECT_GE(verdict.amount, krw(10'000));
      EXPECT_LE(verdict.amount, candidates[verdict.candidate].wanted);
      spent += verdict.amount + mul(verdict.amount, budget.fee_rate, Rounding::kUp);
    }
    EXPECT_LE(spent, std::max(budget.free_cash, Decimal()));
    EXPECT_LE(granted, std::max(0, 4 - budget.open_markets));
  }
}

}  // namespace
}  // namespace everbit::trading

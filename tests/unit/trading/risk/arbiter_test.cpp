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

// All entries of one close in ranking order, as the close loop and a back-test judge them: each
// that is granted leaves less for the next.
struct Judged {
  std::size_t candidate;
  EntryVerdict verdict;
};
std::vector<Judged> judge_all(const std::vector<EntryCandidate>& candidates, EntryBudget budget) {
  std::vector<Judged> all;
  for (const std::size_t index : rank_entries(candidates)) {
    const EntryVerdict verdict = judge_entry(candidates[index], budget);
    all.push_back({index, verdict});
    if (verdict.refusal) continue;
    budget.free_cash -= verdict.amount + mul(verdict.amount, budget.fee_rate, Rounding::kUp);
    ++budget.open_markets;
    if (budget.exposure) *budget.exposure -= verdict.amount;
    if (budget.orders) --*budget.orders;
  }
  return all;
}

TEST(ArbiterTest, ARefusedEntryTakesNoSlot) {
  std::vector<EntryCandidate> candidates{entry("KRW-A", 9, 50'000), entry("KRW-B", 8),
                                         entry("KRW-C", 7)};
  candidates[0].minimum = krw(500'000);
  const auto all = judge_all(candidates, {krw(200'000), 0, Decimal::of("0.0005")});
  EXPECT_EQ(all[0].verdict.refusal, RefusalReason::kAmountBlocked);
  EXPECT_FALSE(all[1].verdict.refusal);
  EXPECT_FALSE(all[2].verdict.refusal);
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

TEST(ArbiterTest, TheOwnersLimitsAreToldApart) {
  const EntryBudget rich{krw(1'000'000), 0, Decimal()};
  EntryBudget left = rich;
  left.exposure = krw(30'000);
  EXPECT_EQ(judge_entry(entry("KRW-A", 9), left).amount, krw(30'000)) << "cut, as by the cash";
  left.exposure = krw(9'999);
  EXPECT_EQ(judge_entry(entry("KRW-A", 9), left).refusal, RefusalReason::kExposure);
  EXPECT_EQ(judge_entry(entry("KRW-A", 9, 9'000), left).refusal, RefusalReason::kAmountBlocked);
  left = rich;
  left.orders = 0;
  EXPECT_EQ(judge_entry(entry("KRW-A", 9), left).refusal, RefusalReason::kOrderRate);
}

// More of anything never turns a grant into a refusal, nor makes it smaller.
TEST(ArbiterTest, MoreRoomNeverGrantsLess) {
  std::mt19937 random(11);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int round = 0; round < 5'000; ++round) {
    EntryCandidate one = entry("KRW-A", 1, pick(1, 90'000));
    one.max_open_markets = pick(0, 3);
    EntryBudget less{krw(pick(-100, 100'000)), pick(0, 4), Decimal::of("0.0005")};
    less.exposure = krw(pick(-100, 100'000));
    less.orders = pick(-1, 2);
    EntryBudget more = less;
    switch (pick(0, 5)) {
      case 0:
        more.free_cash += krw(pick(0, 50'000));
        break;
      case 1:
        more.open_markets -= pick(0, 2);
        break;
      case 2:
        *more.exposure += krw(pick(0, 50'000));
        break;
      case 3:
        *more.orders += pick(0, 2);
        break;
      case 4:
        more.exposure.reset();
        break;
      default:
        more.orders.reset();
    }
    EXPECT_GE(judge_entry(one, more).amount, judge_entry(one, less).amount) << "round " << round;
  }
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
    EntryBudget budget{krw(pick(-100, 300'000)), pick(0, 5), Decimal::of("0.0005")};
    if (pick(0, 1) == 1) budget.exposure = krw(pick(-100, 200'000));
    if (pick(0, 1) == 1) budget.orders = pick(-1, 4);
    Decimal spent;
    Decimal exposed;
    int granted = 0;
    for (const auto& [candidate, verdict] : judge_all(candidates, budget)) {
      if (verdict.refusal) {
        EXPECT_EQ(verdict.amount, Decimal());
        continue;
      }
      ++granted;
      EXPECT_GE(verdict.amount, krw(10'000));
      EXPECT_LE(verdict.amount, candidates[candidate].wanted);
      exposed += verdict.amount;
      spent += verdict.amount + mul(verdict.amount, budget.fee_rate, Rounding::kUp);
    }
    EXPECT_LE(spent, std::max(budget.free_cash, Decimal()));
    EXPECT_LE(granted, std::max(0, 4 - budget.open_markets));
    if (budget.exposure) {
      EXPECT_LE(exposed, std::max(*budget.exposure, Decimal()));
    }
    if (budget.orders) {
      EXPECT_LE(granted, std::max(0, *budget.orders));
    }
  }
}

}  // namespace
}  // namespace everbit::trading

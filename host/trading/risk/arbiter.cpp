#include "trading/risk/arbiter.h"

#include <algorithm>
#include <numeric>

namespace everbit::trading {

Decimal affordable(Decimal wanted, Decimal cash, Decimal fee_rate) {
  if (!cash.is_positive()) return {};
  const Decimal with_fee = Decimal::from_int(1) + fee_rate;
  return std::min(wanted, div(cash, with_fee, Rounding::kDown).rounded(0, Rounding::kDown));
}

std::vector<std::size_t> rank_entries(const std::vector<EntryCandidate>& candidates) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const EntryCandidate& x = candidates[a];
    const EntryCandidate& y = candidates[b];
    if (x.strength != y.strength) return x.strength > y.strength;
    if (x.priority != y.priority) return x.priority < y.priority;
    return x.market < y.market;
  });
  return order;
}

EntryVerdict judge_entry(const EntryCandidate& entry, const EntryBudget& left) {
  if (entry.max_open_markets > 0 && left.open_markets >= entry.max_open_markets) {
    return {0, Decimal(), RefusalReason::kMaxOpenMarkets};
  }
  const Decimal amount = affordable(entry.wanted, left.free_cash, left.fee_rate);
  if (amount < entry.minimum || !amount.is_positive()) {
    return {0, Decimal(), RefusalReason::kAmountBlocked};
  }
  return {0, amount, std::nullopt};
}

std::vector<EntryVerdict> arbitrate(const std::vector<EntryCandidate>& candidates,
                                    EntryBudget budget) {
  std::vector<EntryVerdict> verdicts;
  verdicts.reserve(candidates.size());
  for (const std::size_t index : rank_entries(candidates)) {
    EntryVerdict verdict = judge_entry(candidates[index], budget);
    verdict.candidate = index;
    if (!verdict.refusal) {
      budget.free_cash -= verdict.amount + mul(verdict.amount, budget.fee_rate, Rounding::kUp);
      ++budget.open_markets;
    }
    verdicts.push_back(verdict);
  }
  return verdicts;
}

}  // namespace everbit::trading

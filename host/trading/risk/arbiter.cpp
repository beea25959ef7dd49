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
    return {Decimal(), RefusalReason::kMaxOpenMarkets};
  }
  if (left.orders && *left.orders <= 0) return {Decimal(), RefusalReason::kOrderRate};
  Decimal wanted = entry.wanted;
  if (left.exposure) wanted = std::min(wanted, left.exposure->rounded(0, Rounding::kDown));
  if (wanted < entry.minimum && entry.wanted >= entry.minimum) {
    return {Decimal(), RefusalReason::kExposure};
  }
  const Decimal amount = affordable(wanted, left.free_cash, left.fee_rate);
  if (amount < entry.minimum || !amount.is_positive()) {
    return {Decimal(), RefusalReason::kAmountBlocked};
  }
  return {amount, std::nullopt};
}

}  // namespace everbit::trading

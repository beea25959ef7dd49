#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/time.h"

namespace everbit::upbit_sim {

// 2025-07-31 00:00 KST: from then on the coarser KRW table holds.
inline constexpr Millis kNewTickTableEpoch = 1753887600000;

// The smallest price step in the band of `price`. `quote` is KRW, BTC or USDT; `at` chooses between
// the KRW table in force since 2025-07-31 and the one before it.
Decimal tick_size(std::string_view quote, const Decimal& price, Millis at);

// The same in units of 10^-8, for making long histories.
std::int64_t tick_size_e8(std::string_view quote, std::int64_t price, Millis at);

// The price one step below, with the step of the band that the lower price belongs to.
Decimal step_down(std::string_view quote, const Decimal& price, Millis at);

Decimal round_down_to_tick(std::string_view quote, const Decimal& price, Millis at);
Decimal round_up_to_tick(std::string_view quote, const Decimal& price, Millis at);

// Grouping units the order book supports at this price, "0" (none) first.
std::vector<std::string> supported_levels(std::string_view quote, const Decimal& price, Millis at);

}  // namespace everbit::upbit_sim

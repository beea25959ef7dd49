#pragma once

#include <iosfwd>
#include <vector>

#include "api/market_list.h"

namespace everbit::cli {

// How they stand: enabled, suspended, cooling down.
void print_markets(std::ostream& out, const std::vector<api::MarketItem>& markets);
// What is held, against the account.
void print_positions(std::ostream& out, const std::vector<api::MarketItem>& markets);

}  // namespace everbit::cli

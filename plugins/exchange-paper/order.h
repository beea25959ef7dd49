#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "decimal.hpp"
#include "everbit/ext/exchange.h"

namespace everbit::exchange_paper {

struct Fill {
  std::string uuid;
  eb::Price price;
  eb::Quantity volume;
  eb::Money funds;
  eb::Money fee;
  eb_ts time = 0;
  bool maker = false;
};

// One order of the simulated account. What was not ordered is 0: a buy by amount has no volume, a
// sale at the market no limit.
struct Order {
  std::string uuid;
  std::string identifier;  // empty: none
  std::string market;
  std::string self_match;  // as it was ordered; nobody of ours stands in the real book
  std::int32_t side = 0;
  std::int32_t type = 0;
  std::int32_t time_in_force = EB_TIF_NONE;
  std::int32_t state = EB_ORDER_WAIT;
  eb_dec fee_rate{0, 0};
  eb::Price limit;
  eb::Money amount;     // to spend, without fee
  eb::Quantity volume;  // ordered
  eb::Quantity queue;   // stood at our price before us, and still does
  eb::Quantity executed_volume;
  eb::Money executed_funds;
  eb::Money reserved_fee;
  eb::Money paid_fee;
  eb_dec held{0, 0};  // locked for it in the account: KRW of a buy, coins of a sale
  eb_ts created_at = 0;
  eb_ts closed_at = 0;
  std::vector<Fill> fills;

  bool buys() const { return side == EB_SIDE_BUY; }
  bool by_amount() const { return amount.is_positive(); }
  bool open() const { return state == EB_ORDER_WAIT; }
  bool finished() const {
    return by_amount() ? executed_funds == amount : executed_volume == volume;
  }
  std::string quote() const { return market.substr(0, market.find('-')); }
  std::string base() const { return market.substr(market.find('-') + 1); }
  // What it holds money in.
  std::string held_currency() const { return buys() ? quote() : base(); }
};

}  // namespace everbit::exchange_paper

#pragma once

#include <vector>

#include "decimal.hpp"

namespace everbit::exchange_paper {

struct Level {
  eb::Price price;
  eb::Quantity size;
};

// The last order book that was told of a market, without what our own orders took from it since:
// the next one knows nothing of them. Best level first.
struct Book {
  std::vector<Level> asks;
  std::vector<Level> bids;
};

// One trade of the market, seen on the public channel.
struct MarketTrade {
  eb::Price price;
  eb::Quantity volume;
  std::int32_t taker_side = 0;
  std::int64_t id = 0;
  eb_ts time = 0;
};

}  // namespace everbit::exchange_paper

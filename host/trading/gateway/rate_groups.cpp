#include "trading/gateway/rate_groups.h"

namespace everbit::trading {

std::vector<net::RateGroup> exchange_rate_groups() {
  using net::RateSide;
  return {{"market", RateSide::kQuotation, 10},    {"candle", RateSide::kQuotation, 10},
          {"trade", RateSide::kQuotation, 10},     {"ticker", RateSide::kQuotation, 10},
          {"orderbook", RateSide::kQuotation, 10}, {"default", RateSide::kExchange, 30},
          {"order", RateSide::kExchange, 12},      {"order-test", RateSide::kExchange, 8}};
}

}  // namespace everbit::trading

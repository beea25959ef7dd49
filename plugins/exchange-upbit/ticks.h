#pragma once

#include <cstdint>

#include "everbit/ext/decimal.h"

namespace everbit::exchange_upbit {

// The tick size at a price, from the tables in force since 2025-07-31 (reference §8.1, §8.2): KRW,
// BTC and USDT markets. EB_ERR_UNSUPPORTED for another quote currency, EB_ERR_RANGE for a price
// that no order may have.
eb_status tick_size(eb_str market, eb_dec price, eb_dec* tick);

// The nearest price that an order may name, not above `price` for a buy, not below it for a sell.
eb_status round_price(const eb_decimal_v1& decimal, eb_str market, std::int32_t side, eb_dec price,
                      eb_dec* rounded);

}  // namespace everbit::exchange_upbit

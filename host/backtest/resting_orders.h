#pragma once

#include <cstdint>
#include <optional>

#include "backtest/request.h"
#include "plugins/strategy/decision.h"

namespace everbit::backtest {

// Where the stop and the target of a position rest during one candle, in absolute prices.
struct RestingOrders {
  std::optional<Decimal> stop;
  std::optional<Decimal> target;
  Decimal target_volume;  // all of the position, or a part
  std::int32_t stop_intent = EB_INTENT_NONE;
  std::int32_t target_intent = EB_INTENT_NONE;
  std::int32_t stop_reason = 0;
  std::int32_t target_reason = 0;
};

// The first level that a candle met. The price is before slippage.
struct RestingFill {
  bool is_stop;
  Decimal price;
};

// From a decision's levels, known at a close: the position's average fill price and quantity, and
// that close, at which part and rest are valued.
RestingOrders place_orders(const plugins::ExitLevels& levels, Decimal average_price,
                           Decimal quantity, Decimal close);

// The open first, stop before target; then the candle's way to its close: by the low first
// (pessimistic) or by the high first (optimistic).
std::optional<RestingFill> first_met(const RestingOrders& orders, const trading::Candle& candle,
                                     PathOrder order);

}  // namespace everbit::backtest

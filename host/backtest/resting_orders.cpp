#include "backtest/resting_orders.h"

#include <algorithm>

#include "base/abi_decimal.h"

namespace everbit::backtest {
namespace {

constexpr int kVolumePlaces = 8;

Decimal cut_volume(Decimal volume) { return volume.rounded(kVolumePlaces, Rounding::kDown); }

// The strategy's own rule for a part that is cut to a worth, or too small to stand alone.
Decimal volume_of_part(const plugins::ExitLevels& levels, Decimal quantity, Decimal close) {
  const auto too_small = [&](Decimal volume) {
    return mul(volume, close, Rounding::kDown) < levels.target_least;
  };
  Decimal part = cut_volume(mul(quantity, levels.target_part, Rounding::kDown));
  if (levels.target_most.is_positive()) {
    Decimal most = cut_volume(div(levels.target_most, close, Rounding::kDown));
    if (part > most) {
      if (too_small(most)) most += Decimal::of("0.00000001");
      part = most;
    }
  }
  return too_small(part) || too_small(quantity - part) ? quantity : part;
}

// In doubles, as a strategy reckons its levels from an average price that it knows.
Decimal from_fill(Decimal average_price, double distance) {
  const double level = std::max(average_price.to_double() + distance, 0.0);
  return Decimal::from_double(level).value();
}

}  // namespace

RestingOrders place_orders(const plugins::ExitLevels& levels, Decimal average_price,
                           Decimal quantity, Decimal close) {
  RestingOrders orders;
  orders.stop = levels.stop;
  if (levels.stop_distance) {
    orders.stop = from_fill(average_price, -levels.stop_distance->to_double());
  }
  orders.target = levels.target;
  if (levels.target_distance) {
    const Decimal target = from_fill(average_price, levels.target_distance->to_double());
    orders.target = orders.target ? std::min(*orders.target, target) : target;
  }
  const bool from_entry = levels.stop_distance.has_value();
  if (from_entry && orders.target && *orders.target <= average_price) orders.target.reset();
  orders.target_volume = levels.target_volume.is_positive()
                             ? std::min(levels.target_volume, quantity)
                             : volume_of_part(levels, quantity, close);
  if (!orders.target_volume.is_positive()) orders.target.reset();
  orders.stop_intent = levels.stop_intent;
  orders.target_intent = levels.target_intent;
  orders.stop_reason = levels.stop_reason;
  orders.target_reason = levels.target_reason;
  return orders;
}

std::optional<RestingFill> first_met(const RestingOrders& orders, const trading::Candle& candle,
                                     PathOrder order) {
  const auto price = [](eb_dec number) { return from_abi(number).value(); };
  const Decimal open = price(candle.open);
  if (orders.stop && open <= *orders.stop) return RestingFill{true, open};
  if (orders.target && open >= *orders.target) return RestingFill{false, open};
  const bool stop_met = orders.stop && price(candle.low) <= *orders.stop;
  const bool target_met = orders.target && price(candle.high) >= *orders.target;
  const bool stop_first = order == PathOrder::kPessimistic;
  if (stop_met && (stop_first || !target_met)) return RestingFill{true, *orders.stop};
  if (target_met) return RestingFill{false, *orders.target};
  return std::nullopt;
}

}  // namespace everbit::backtest

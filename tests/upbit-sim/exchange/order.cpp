#include "upbit-sim/exchange/order.h"

namespace everbit::upbit_sim {

Decimal Order::required_hold() const {
  if (side == Side::kAsk) return remaining_volume;
  if (by_amount()) return remaining_funds + remaining_fee;
  return remaining_volume * *price + remaining_fee;
}

}  // namespace everbit::upbit_sim

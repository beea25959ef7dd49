#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/time.h"
#include "upbit-sim/exchange/types.h"

namespace everbit::upbit_sim {

struct Fill {
  std::string uuid;
  Decimal price;
  Decimal volume;
  Decimal funds;  // price × volume
  Decimal fee;
  bool is_maker = false;
  bool up = true;  // against the market's previous trade
  Micros time = 0;
};

// An order and its accounting (reference §8). `held` is what the account really has locked for it;
// `locked` is what the wire shows, which after a cancel keeps the last value.
struct Order {
  std::string uuid;
  std::string account;
  std::string market;
  Side side = Side::kBid;
  OrderType type = OrderType::kLimit;
  OrderState state = OrderState::kWait;
  std::optional<TimeInForce> time_in_force;
  std::optional<SmpType> smp;  // as the wire shows it
  std::optional<std::string> identifier;
  std::optional<Decimal> price;  // unit price, or the total amount of a market or best buy
  std::optional<Decimal> volume;
  Decimal remaining_volume;           // of orders with a volume
  Decimal remaining_funds;            // of buys by amount
  std::optional<Decimal> best_price;  // what `best` was resolved to when it was matched
  Decimal fee_rate;
  Decimal executed_volume;
  Decimal executed_funds;
  Decimal reserved_fee;
  Decimal remaining_fee;
  Decimal paid_fee;
  Decimal held;
  Decimal locked;
  Decimal prevented_volume;
  Decimal prevented_locked;
  std::vector<Fill> fills;
  Micros created_at = 0;
  std::int64_t number = 0;  // creation order

  bool open() const { return state == OrderState::kWait; }
  bool by_amount() const { return side == Side::kBid && !volume.has_value(); }
  bool is_bid() const { return side == Side::kBid; }
  // What must stay locked for the rest of it: §8.3 and §8.4.
  Decimal required_hold() const;
};

}  // namespace everbit::upbit_sim

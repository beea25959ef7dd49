#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/time.h"
#include "upbit-sim/exchange/types.h"

namespace everbit::upbit_sim {

// 2026-11-09 00:00 KST: from then on an order without smp_type behaves as cancel_maker.
inline constexpr Millis kSmpDefaultEpoch = 1794150000000;

struct ApiError {
  int status = 400;
  std::string name;
  std::string message;
};

// Which rejected orders burn their identifier. The documentation forbids any reuse.
enum class BurnPolicy { kAlways, kOnlyAccepted };

struct Rules {
  Decimal fee_rate = Decimal::of("0.0005");
  Decimal max_total_krw = Decimal(1'000'000'000);
  Millis tick_epoch_override = 0;  // 0: the exchange time decides
  Millis smp_default_epoch = kSmpDefaultEpoch;
  BurnPolicy burn = BurnPolicy::kAlways;
  // Forms, and parameters in the body of a GET or DELETE, as the exchange once took them.
  bool old_bodies = false;
  // An order is not found by anybody who looks for it until it is this old.
  Millis hidden_for = 0;

  Decimal min_total(std::string_view quote) const;
  Decimal max_total(std::string_view quote) const;
};

// The body of a create-order as it came, texts unjudged.
struct OrderRequest {
  std::optional<std::string> market, side, ord_type, volume, price, time_in_force, smp_type,
      identifier;
};

// A request that passed every check that needs no account.
struct OrderTerms {
  Side side = Side::kBid;
  OrderType type = OrderType::kLimit;
  std::optional<Decimal> volume, price;
  std::optional<TimeInForce> time_in_force;
  std::optional<SmpType> smp;
};

// The market an order is checked against.
struct MarketFacts {
  std::string quote;
  Decimal last_price;
  Decimal ask_value_30;   // what a buyer could spend on levels 1–30
  Decimal bid_volume_30;  // what a seller could sell into levels 1–30
};

// The checks of reference §11.1 in its order, in two steps because the market is looked up between
// them: first fields and their values …
std::optional<ApiError> check_fields(const OrderRequest& request, Millis now, const Rules& rules,
                                     OrderTerms& terms);
// … then combinations, tick, volume, minimum and maximum.
std::optional<ApiError> check_terms(const OrderTerms& terms, const MarketFacts& market, Millis now,
                                    const Rules& rules);

ApiError order_not_found();
ApiError invalid_parameter(std::string message = "잘못된 파라미터");
ApiError validation_error(std::string message);

}  // namespace everbit::upbit_sim

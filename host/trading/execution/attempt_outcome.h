#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trading/execution/attempt.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/types.h"

namespace everbit::trading {

// What page 10's table makes of the end of a create-order call.
struct AttemptOutcome {
  AttemptStatus status = AttemptStatus::kUnknown;
  std::string error_code;
  std::string error_message;
  // Another attempt of the same intent may follow, under a new identifier.
  bool may_try_again = false;
  // Upbit refused the key itself: no order until a verification succeeds.
  bool key_refused = false;
  // Upbit blocked us; the seconds it named, or 0.
  bool blocked = false;
  std::int64_t blocked_s = 0;
  std::string block_body;
  std::optional<plugins::Order> order;  // with kAcked
};

// Pure. An acceptance counts only if it is of this attempt's order; an outage gives another attempt
// to an exit alone: exits go on.
AttemptOutcome judge(const GatewayAnswer& answer, const Attempt& attempt);

}  // namespace everbit::trading

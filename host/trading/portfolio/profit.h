#pragma once

#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"
#include "trading/types.h"

namespace everbit::trading {

// What was earned by selling, fees taken off, the owner's adjustments among it.
struct RealizedProfit {
  Decimal all;
  Decimal since;  // from the asked moment on
};

// What is held, and what it cost with its share of the entry's fees. Dust is not held: its cost was
// written off.
struct OpenCost {
  std::string market;
  Decimal quantity;
  Decimal cost;

  // Realised and unrealised together are what the account gained: the entry's fees are in one of
  // them.
  Decimal unrealized(Decimal price) const { return mul(quantity, price, Rounding::kHalfUp) - cost; }
};

// Codes: those of store/errors.h.
Result<RealizedProfit> read_realized(store::Pool& pool, OwnerId owner, Mode mode, Timestamp since,
                                     Deadline deadline);
// In code order. Codes: those of store/errors.h.
Result<std::vector<OpenCost>> read_open_costs(store::Pool& pool, OwnerId owner, Mode mode,
                                              Deadline deadline);

}  // namespace everbit::trading

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "store/pool.h"
#include "trading/strategy/state_store.h"

namespace everbit::trading {

// What one strategy of a close was handed, beside the candle that its decision's row holds.
struct RoundInput {
  InstanceKey key;
  const ActiveStrategy& active;
  Timestamp close;
  const plugins::PositionView& position;
  std::optional<Decimal> traded_value_24h;
  bool is_ranked = false;  // it asked for an entry and had its place among those of the close
};

// Keeps the inputs of a close for `everbit parity`, in one statement. To be called when the orders
// of the close are on their way: whatever becomes of it, no candle and no order depends on it.
// Codes: those of store/errors.h.
Result<void> record_round(store::Pool& pool, const std::vector<RoundInput>& inputs,
                          Deadline deadline);

}  // namespace everbit::trading

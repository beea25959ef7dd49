#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"
#include "trading/portfolio/entry_book.h"

namespace everbit::trading {

// The owner's word on what Everbit holds of a market: the way out when position and account differ.
struct Adjustment {
  std::string market;
  // The new position. What was left as dust is part of it; dust is 0 afterwards.
  Decimal quantity;
  // Of what came or went, in quote currency; empty: the position's average. Profit counts it,
  // without a fee.
  std::optional<Decimal> price;
  std::string reason;
  std::string actor;              // "cli:1000", for the audit
  std::optional<unsigned> uid{};  // likewise
};

struct Adjusted {
  PositionNumbers before;
  PositionNumbers after;

  bool changed() const { return before != after; }
};

// Writes the adjustment with its audit row and what it makes of position, trade and profit, in one
// transaction. It is never a fill. Unchanged numbers change nothing. Blocks; any thread, any
// process.
//
// Codes: MARKET_UNKNOWN; INTENT_OPEN while an order of the market may still come; NO_POSITION when
// there is none to correct (coins that Everbit did not buy stay the owner's own); those of
// store/errors.h.
Result<Adjusted> adjust_position(store::Pool& pool, OwnerId owner, Mode mode,
                                 const Adjustment& adjustment, Deadline deadline);

}  // namespace everbit::trading

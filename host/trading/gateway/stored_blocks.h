#pragma once

#include <chrono>
#include <string_view>

#include "base/clock.h"
#include "net/rate_limiter.h"
#include "store/ids.h"
#include "store/transaction.h"

namespace everbit::trading {

// "quotation", "exchange": as in the database and in events.
std::string_view to_string(net::RateSide side);

// The row of a 418: no call of that side until the named time. Nothing readable (0) means 60 s,
// doubling with each block that follows within a day. Of the answer's body a hash is kept. Returns
// the end of the block.
Result<Timestamp> write_block(store::Transaction& tx, store::OwnerId owner, net::RateSide side,
                              std::chrono::seconds named, std::string_view body);

// A block that the exchange named to another or an earlier process still holds.
Result<void> obey_stored_blocks(store::Pool& pool, store::OwnerId owner, const Clock& clock,
                                net::RateLimiter& limiter, Deadline deadline);

}  // namespace everbit::trading

#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"
#include "trading/types.h"

namespace everbit::trading {

struct Release {
  std::string market;
  std::string reason;             // the owner's; may be empty
  std::string actor;              // "cli:1000", for the audit
  std::optional<unsigned> uid{};  // likewise
};

// Lets a SUSPENDED market trade again, with an audit row. False: it was ACTIVE. Blocks; any thread,
// any process.
//
// Codes: MARKET_UNKNOWN; MARKET_HAS_UNKNOWN while an attempt of it is SENT or UNKNOWN (the error's
// field lists their public ids, with commas); POSITION_MISMATCH while the account has less of the
// coin than the position; those of store/errors.h.
Result<bool> release_market(store::Pool& pool, OwnerId owner, Mode mode, const Release& release,
                            Deadline deadline);

}  // namespace everbit::trading

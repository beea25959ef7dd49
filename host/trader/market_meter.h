#pragma once

#include "base/metrics.h"
#include "base/result.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit {

// Shows by the rows in which state each market is: 1 for that state, 0 for the other. Blocks on the
// database; codes: those of the store, and then the metric keeps what it said last.
Result<void> measure_markets(store::Pool& pool, store::OwnerId owner, Metrics& metrics,
                             Deadline deadline);

}  // namespace everbit

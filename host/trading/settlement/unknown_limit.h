#pragma once

#include "store/pool.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

// More than 3 attempts that became UNKNOWN within 10 minutes: the account goes EXITS_ONLY by
// itself. Counted are those since the switch was set last, so that the owner who has looked may set
// ON again. Blocks on the database.
Result<void> limit_unknown(store::Pool& pool, Outbox& outbox, OwnerId owner, Mode mode);

}  // namespace everbit::trading

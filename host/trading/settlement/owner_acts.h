#pragma once

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "store/pool.h"
#include "trading/control/switch_words.h"
#include "trading/outbox.h"
#include "trading/settlement/quarantine.h"
#include "trading/types.h"

namespace everbit::trading {

// The owner settles an UNKNOWN attempt as absent: REJECTED, ABSENT, its intent CANCELED, in one
// transaction with the audit row. The market stays as it is. An order that shows up later is booked
// all the same. `outbox` tells OrderRejected; null in a process without a bus.
//
// Codes: ATTEMPT_NOT_FOUND; NOT_UNKNOWN; QUARANTINE (read_quarantine() tells more), with the end of
// the time and the look-ups made so far in the message; COMMIT_UNDECIDED; DB_*.
Result<void> resolve_absent(store::Pool& pool, OwnerId owner, const Uuid& attempt,
                            const Actor& actor, Outbox* outbox, Deadline deadline);

// Of an UNKNOWN attempt. Codes: ATTEMPT_NOT_FOUND, NOT_UNKNOWN, DB_*.
Result<Quarantine> read_quarantine(store::Pool& pool, OwnerId owner, const Uuid& attempt,
                                   Deadline deadline);

// The owner asks for a stuck order's end. The trader passes the request on within seconds; what
// becomes of the order is learned by reading it. Asking again asks again.
//
// Codes: ORDER_NOT_FOUND; NOT_STUCK for any order that ORDER_STUCK was not raised for, or that has
// ended since; NO_TRADER when none runs that could pass it on; COMMIT_UNDECIDED; DB_*.
Result<void> request_cancel(store::Pool& pool, OwnerId owner, const Uuid& order_uuid,
                            const Actor& actor, Deadline deadline);

}  // namespace everbit::trading

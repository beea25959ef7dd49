#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::store {

enum class OldDataCause { kRestore, kHighWater };

// One statement that makes old data safe to start on: the account switch OFF, PREPARED attempts
// SUSPENDED RESTORED and their intents CANCELED, SENT attempts UNKNOWN, waiting trade commands
// dropped, strategy states removed (they are warmed anew), and a row of old_data with the mark that
// counts as dealt with. The same text for `everbit restore`, which sends it to psql in the
// transaction of the dump, and for a start.
std::string settle_old_data_sql(OldDataCause cause, const std::optional<Uuid>& high_water);

// Whether the database lacks what the mark says has happened: no attempt as new as the marked one,
// or the marked one still PREPARED though it was sent; and nobody has dealt with that mark yet.
Result<bool> is_older_than(Pool& pool, const Uuid& high_water, Deadline deadline);

// At the start of a trader, before anything may be sent: settles old data, and says whether there
// was any. `high_water` empty: the mark could not be read, so the data may be of any age.
Result<bool> settle_if_old(Pool& pool, const std::optional<Uuid>& high_water, bool unreadable,
                           Deadline deadline);

}  // namespace everbit::store

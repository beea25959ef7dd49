#pragma once

#include <string>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/result.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::store {

// The six characters [a-z0-9] of this installation's identifiers; made at the first call, the same
// ever after, whoever asks at once.
Result<std::string> ensure_installation_tag(Pool& pool, Deadline deadline);

// The one owner's row; made at the first call, without a Kakao id until the owner's first login,
// and with a kill switch that stands at OFF.
Result<OwnerId> ensure_owner(Pool& pool, const Clock& clock, Deadline deadline);

}  // namespace everbit::store

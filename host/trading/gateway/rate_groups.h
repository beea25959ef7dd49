#pragma once

#include <vector>

#include "net/rate_limiter.h"

namespace everbit::trading {

// The exchange's documented limits (reference, section 5), one group an endpoint group; what it
// reports can only lower them.
std::vector<net::RateGroup> exchange_rate_groups();

}  // namespace everbit::trading

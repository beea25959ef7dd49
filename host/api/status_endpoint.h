#pragma once

#include <string>

#include "api/router.h"
#include "store/pool.h"
#include "trading/control/kill_switch.h"

namespace everbit::api {

// GET status: what `everbit status` shows, with the kill switch as this process obeys it. `mode` is
// the daemon's. Both outlive the router.
void add_status_endpoint(Router& router, store::Pool& pool, trading::KillSwitch& kill_switch,
                         std::string mode);

}  // namespace everbit::api

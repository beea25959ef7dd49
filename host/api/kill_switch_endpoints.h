#pragma once

#include "api/router.h"
#include "trading/control/kill_switch.h"

namespace everbit::api {

// GET and PUT kill-switch. The switch outlives the router. A change towards less trading answers
// 200 without a database, with `stored` false.
void add_kill_switch_endpoints(Router& router, trading::KillSwitch& kill_switch);

}  // namespace everbit::api

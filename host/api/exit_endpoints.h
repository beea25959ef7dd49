#pragma once

#include "api/router.h"
#include "trading/pipeline/owner_exits.h"

namespace everbit::api {

// POST positions/{market}/close, POST and DELETE flatten. The exits and the kill switch outlive the
// router.
void add_exit_endpoints(Router& router, trading::OwnerExits& exits,
                        const trading::KillSwitch& kill_switch);

}  // namespace everbit::api

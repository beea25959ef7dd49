#pragma once

#include <functional>
#include <string>

#include "api/router.h"
#include "trading/control/kill_switch.h"
#include "trading/reconcile/run_log.h"

namespace everbit::api {

// The run that will answer, for who asks ("admin:1000"). Code KEY_MISSING: there is no account to
// compare with; those of the store.
using RequestReconcile =
    std::function<Result<Uuid>(trading::ReconcileScope scope, const std::string& by)>;

// POST reconcile. The kill switch outlives the router.
void add_reconcile_endpoint(Router& router, RequestReconcile request,
                            const trading::KillSwitch& kill_switch);

}  // namespace everbit::api

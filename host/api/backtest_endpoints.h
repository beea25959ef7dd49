#pragma once

#include <functional>

#include "api/router.h"
#include "jobs/job_table.h"

namespace everbit::api {

// Page 80's back-tests: queue one, list them, look at one and at its trades and equity, cancel it.
// `active` tells the strategy that is meant where a request names none; `is_listed` whether a file
// of that hash may be loaded. Both from any thread, as `jobs`, which outlives the router.
void add_backtest_endpoints(Router& router, jobs::JobTable& jobs,
                            std::function<Result<jobs::ActiveStrategyFile>()> active,
                            std::function<bool(const std::string& sha256)> is_listed);

}  // namespace everbit::api

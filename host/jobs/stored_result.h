#pragma once

#include <string>

#include "base/result.h"
#include "base/uuid.h"
#include "store/pool.h"

namespace everbit::jobs {

// The result of a job that is DONE, whole: the bytes that `everbit backtest run --json` gives for
// the same request. Codes: JOB_NOT_FOUND, NOT_DONE, those of the store.
Result<std::string> read_stored_result(store::Pool& pool, const Uuid& job);

}  // namespace everbit::jobs

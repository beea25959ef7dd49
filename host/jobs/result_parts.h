#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jobs/job_table.h"

namespace everbit::jobs {

// The JSON of a back-test, taken apart for the columns of backtest_result: each part keeps its
// bytes.
struct ResultParts {
  std::string strategy_version;
  std::vector<RunRow> runs;
};

// The text comes from a child that ran foreign code: whatever is not as expected is code RESULT.
Result<ResultParts> split_result(std::string_view json);

}  // namespace everbit::jobs

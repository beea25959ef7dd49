#pragma once

#include "backtest/verify/decision_log.h"
#include "cli/backtest_options.h"

namespace everbit::cli {

// The candles of all files of a command line, in memory.
Result<backtest::CandleSet> read_candles(const BacktestOptions& options);

}  // namespace everbit::cli

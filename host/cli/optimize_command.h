#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit backtest optimize`: searches parameters of a strategy on candles from CSV files, on all
// cores. Exit codes: 0 done and not likely over-fitted, 1 it did not work or likely is, 2 the
// command line was not understood.
int backtest_optimize(Arguments arguments);

}  // namespace everbit::cli

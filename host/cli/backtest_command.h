#pragma once

#include <span>
#include <string>

namespace everbit::cli {

// `everbit backtest run`: a strategy file over candles from CSV files, with no server at all. Gets
// what follows the command's name; answers --help itself. Exit codes: 0 done, 1 it did not work
// (the reason is on standard error), 2 the command line was not understood.
int backtest_run(std::span<const std::string> arguments);

}  // namespace everbit::cli

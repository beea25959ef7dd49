#pragma once

#include "cli/command.h"

namespace everbit::cli {

// Back-tests that ran as jobs of the daemon, as it tells of them over its admin socket.
int backtest_list(Arguments arguments);
int backtest_show(Arguments arguments);
// The metrics of several jobs side by side.
int backtest_compare(Arguments arguments);
// The whole result of a job, read from the database: the bytes of `backtest run --json`.
int backtest_export(Arguments arguments);

}  // namespace everbit::cli

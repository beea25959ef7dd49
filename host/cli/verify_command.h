#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit verify FILE.so`: runs the checks that a strategy needs for REAL mode and writes its
// certificate. `everbit backtest lookahead`: the first of them on the owner's own request. Exit
// codes of both: 0 passed, 1 failed, 2 could not run.
int verify(Arguments arguments);
int backtest_lookahead(Arguments arguments);

}  // namespace everbit::cli

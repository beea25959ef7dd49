#pragma once

#include "cli/command.h"

namespace everbit::cli {

// everbit markets
int markets(Arguments arguments);
// everbit markets unsuspend MARKET
int markets_unsuspend(Arguments arguments);

}  // namespace everbit::cli

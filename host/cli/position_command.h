#pragma once

#include "cli/command.h"

namespace everbit::cli {

// everbit position show [MARKET]
int position_show(Arguments arguments);
// everbit position set MARKET QUANTITY
int position_set(Arguments arguments);

}  // namespace everbit::cli

#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit close MARKET`: the owner sells one position.
int close_market(Arguments arguments);

}  // namespace everbit::cli

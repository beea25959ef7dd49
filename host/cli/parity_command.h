#pragma once

#include "cli/command.h"

namespace everbit::cli {

// Exit codes: 0 no bug, 1 a difference that only a bug explains, 2 it could not be told.
int parity(Arguments arguments);

}  // namespace everbit::cli

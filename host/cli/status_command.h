#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit status`: mode, kill switch, trader, positions, attempts, outbox and newest orders.
int status(Arguments arguments);

}  // namespace everbit::cli

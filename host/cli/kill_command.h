#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit kill`: reads and sets the kill switch.
int kill_switch(Arguments arguments);

}  // namespace everbit::cli

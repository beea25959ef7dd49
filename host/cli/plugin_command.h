#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit plugin list`: what plugins.lock allows, what the store holds, what is active.
int plugin_list(Arguments arguments);

// `everbit plugin info FILE`: what a file says of itself; nothing of it runs.
int plugin_info(Arguments arguments);

}  // namespace everbit::cli

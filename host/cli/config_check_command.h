#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit config check`: every mistake in the settings file and in plugins.lock.
int config_check(Arguments arguments);

}  // namespace everbit::cli

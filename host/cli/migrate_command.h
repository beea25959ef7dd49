#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit migrate`: applies what the database lacks, or shows it.
int migrate(Arguments arguments);

}  // namespace everbit::cli

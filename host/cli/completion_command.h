#pragma once

#include "cli/command.h"

namespace everbit::cli {

int completion(Arguments arguments);

// The words that may stand last in a line of `everbit`: commands that go on as it begins and,
// behind a whole command, the options its help names. One a line.
int complete(Arguments line);

}  // namespace everbit::cli

#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit orders`: the newest intents with their latest attempt.
int orders(Arguments arguments);

}  // namespace everbit::cli

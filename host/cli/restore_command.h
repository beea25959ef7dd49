#pragma once

#include "cli/command.h"

namespace everbit::cli {

int restore(Arguments arguments);

}  // namespace everbit::cli

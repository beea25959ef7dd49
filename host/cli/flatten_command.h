#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit flatten`: sells everything, and keeps to it until the owner ends it.
int flatten(Arguments arguments);

}  // namespace everbit::cli

#pragma once

#include "cli/command.h"

namespace everbit::cli {

// everbit reconcile
int reconcile(Arguments arguments);

}  // namespace everbit::cli

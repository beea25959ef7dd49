#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit orders resolve`: an UNKNOWN attempt is called absent, after its quarantine.
int orders_resolve(Arguments arguments);

// `everbit orders cancel`: asks for the end of an order that does not end by itself.
int orders_cancel(Arguments arguments);

}  // namespace everbit::cli

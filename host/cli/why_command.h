#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit why MARKET TIME`: what a candle decided, in words.
int why(Arguments arguments);

}  // namespace everbit::cli

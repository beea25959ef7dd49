#pragma once

#include <iosfwd>

#include "trading/control/switch_words.h"

namespace everbit::cli {

// The switch for people.
void print(std::ostream& out, const trading::SwitchView& view);

}  // namespace everbit::cli

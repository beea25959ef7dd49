#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"

namespace everbit::config {

// What toml++ 3.3 must not be shown, because it ends the process or goes astray instead of refusing
// it: text that is not UTF-8, and keys of so many parts that freeing their tables overflows the
// stack. Dots are counted line by line wherever they stand, as only a parser knows what is a key;
// lines that are comments do not count. A file too large to be settings is refused as well.
// Error TOML_SYNTAX with the line in `field`. Says nothing else about the syntax.
std::optional<Error> find_toml_fault(std::string_view text);

}  // namespace everbit::config

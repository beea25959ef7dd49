#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"

namespace everbit::config {

// What toml++ 3.3 must not be shown, because it ends the process or goes astray instead of refusing
// it: text that is not UTF-8, other than ASCII where TOML has none (outside of quotes and
// comments), and keys or values nested so deeply that freeing them overflows the stack. A file too
// large to be settings is refused as well. Error TOML_SYNTAX with the line in `field`. Says nothing
// else about the syntax.
std::optional<Error> find_toml_fault(std::string_view text);

}  // namespace everbit::config

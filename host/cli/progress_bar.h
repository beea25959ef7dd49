#pragma once

#include <functional>

namespace everbit::cli {

// A bar on standard error for a share from 0 to 1; empty when that is no terminal.
std::function<void(double)> progress_bar();

}  // namespace everbit::cli

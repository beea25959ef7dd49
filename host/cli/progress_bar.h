#pragma once

#include <functional>
#include <string>

namespace everbit::cli {

// A bar on standard error for a share from 0 to 1, after a label if one is given; empty when that
// is no terminal.
std::function<void(double)> progress_bar(const std::string& label = {});

// The same for a parent process: a share a line on an open descriptor, at each percent.
std::function<void(double)> progress_lines(int fd);

}  // namespace everbit::cli

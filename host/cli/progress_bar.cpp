#include "cli/progress_bar.h"

#include <unistd.h>

#include <iostream>

namespace everbit::cli {

std::function<void(double)> progress_bar(const std::string& label) {
  if (isatty(STDERR_FILENO) == 0) return {};
  const std::string before = "\r" + label + (label.empty() ? "[" : " [");
  return [before](double done) {
    constexpr int kWidth = 40;
    const int filled = static_cast<int>(done * kWidth);
    std::cerr << before << std::string(static_cast<std::size_t>(filled), '#')
              << std::string(static_cast<std::size_t>(kWidth - filled), '.') << "] "
              << static_cast<int>(done * 100) << " %" << std::flush;
    if (done >= 1.0) std::cerr << '\n';
  };
}

}  // namespace everbit::cli

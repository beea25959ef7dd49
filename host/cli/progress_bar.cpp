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

std::function<void(double)> progress_lines(int fd) {
  return [fd, told = -1](double done) mutable {
    const int percent = static_cast<int>(done * 100);
    if (percent == told) return;
    told = percent;
    const std::string line = std::to_string(static_cast<double>(percent) / 100) + "\n";
    // Nobody listening is no reason to stop.
    (void)!::write(fd, line.data(), line.size());
  };
}

}  // namespace everbit::cli

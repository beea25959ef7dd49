#include "jobs/progress_lines.h"

#include <unistd.h>

#include <array>
#include <charconv>

namespace everbit::jobs {
namespace {

constexpr std::size_t kMostLine = 64;

}  // namespace

bool ProgressLines::read(int fd, const std::function<void(double)>& told) {
  std::array<char, 1024> chunk{};
  bool heard = false;
  for (ssize_t got = 0; (got = ::read(fd, chunk.data(), chunk.size())) > 0;) {
    for (ssize_t i = 0; i < got; ++i) {
      heard = take(chunk[static_cast<std::size_t>(i)], told) || heard;
    }
  }
  return heard;
}

bool ProgressLines::take(char c, const std::function<void(double)>& told) {
  if (c != '\n') {
    if (line_.size() < kMostLine) line_ += c;
    return false;
  }
  double share = 0;
  const auto [end, error] = std::from_chars(line_.data(), line_.data() + line_.size(), share);
  const bool good =
      error == std::errc{} && end == line_.data() + line_.size() && share >= 0 && share <= 1;
  line_.clear();
  if (!good || share <= last_) return false;
  last_ = share;
  if (told) told(share);
  return true;
}

}  // namespace everbit::jobs

#include "store/high_water.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/log.h"

namespace everbit::store {
namespace {

constexpr std::size_t kLine = 37;  // a UUID and its line end

Error file_error() { return Error("HIGH_WATER_FILE", std::strerror(errno), "data.dir"); }

Result<std::optional<Uuid>> read_mark(int fd) {
  std::array<char, kLine + 1> bytes{};
  const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
  if (got < 0) return file_error();
  if (got == 0) return std::optional<Uuid>();
  const std::string_view line(bytes.data(), static_cast<std::size_t>(got));
  const auto mark = Uuid::parse(line.substr(0, kLine - 1));
  if (!mark || line.size() != kLine || line.back() != '\n') {
    return Error("HIGH_WATER_DAMAGED", "the file high-water does not hold one attempt's id",
                 "data.dir");
  }
  return std::optional<Uuid>(*mark);
}

}  // namespace

Result<std::unique_ptr<HighWater>> HighWater::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0) return file_error();
  const auto mark = read_mark(fd);
  if (!mark) {
    ::close(fd);
    return mark.error();
  }
  return std::unique_ptr<HighWater>(new HighWater(fd, *mark));
}

Result<std::optional<Uuid>> HighWater::read(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::optional<Uuid>();
  if (fd < 0) return file_error();
  auto mark = read_mark(fd);
  ::close(fd);
  return mark;
}

HighWater::~HighWater() { ::close(fd_); }

std::optional<Uuid> HighWater::mark() const {
  const std::lock_guard lock(mutex_);
  return mark_;
}

void HighWater::raise(const Uuid& attempt) {
  const std::lock_guard lock(mutex_);
  if (mark_ && *mark_ >= attempt) return;
  const std::string line = attempt.to_string() + "\n";
  // A full disk must not stop an exit: the mark is then older than it could be.
  if (::pwrite(fd_, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size())) {
    log_error("high_water_not_written", {{"error", std::strerror(errno)}});
    return;
  }
  mark_ = attempt;
}

}  // namespace everbit::store

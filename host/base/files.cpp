#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/random.h"

namespace everbit {
namespace {

// An open file that closes itself.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

Error file_error(const char* code, const char* what, const std::filesystem::path& path) {
  return Error(code, std::string(what) + ": " + std::strerror(errno), path.string());
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder(const std::filesystem::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Fd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.ok() && ::fsync(folder.get()) == 0;
}

bool write_new(const std::string& path, std::string_view content, unsigned mode) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd.ok()) return false;
  // open() cuts the mode by the umask.
  return ::fchmod(fd.get(), mode) == 0 && write_all(fd.get(), content) && ::fsync(fd.get()) == 0;
}

}  // namespace

Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view content,
                               unsigned mode) {
  const std::string temporary = path.string() + ".tmp-" + secure_random_hex(6);
  if (!write_new(temporary, content, mode) || std::rename(temporary.c_str(), path.c_str()) != 0) {
    const Error error = file_error("FILE_WRITE", "cannot write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  if (!sync_folder(path)) return file_error("FILE_WRITE", "cannot sync the folder", path);
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return file_error(errno == ENOENT ? "FILE_NOT_FOUND" : "FILE_READ", "cannot open", path);
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return file_error("FILE_READ", "cannot stat", path);
  if (!S_ISREG(info.st_mode)) return Error("FILE_READ", "not a regular file", path.string());
  std::string content;
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("FILE_READ", "cannot read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return Error("FILE_TOO_LARGE", "larger than " + std::to_string(max_bytes) + " bytes",
                   path.string());
    }
  }
}

}  // namespace everbit

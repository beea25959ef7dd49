#include "plugins/plugin_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "base/random.h"

namespace everbit::plugins {

namespace {

// A plugin with all its debug information.
constexpr off_t kMaxBytes = 256L * 1024 * 1024;

Result<UniqueFd> open_checked(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO by mistake must not wait for a writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (fd) return fd;
  const int error = errno;
  if (error == ELOOP) {
    return Error("PLUGIN_SYMLINK", "it is a symbolic link; name the file itself", path.string());
  }
  return Error("PLUGIN_OPEN", std::string("it cannot be opened: ") + std::strerror(error),
               path.string());
}

Result<void> check_owner(const struct stat& info, Owner owner, const std::string& path) {
  if (!S_ISREG(info.st_mode)) return Error("PLUGIN_NOT_REGULAR", "it is no regular file", path);
  const bool own = owner == Owner::kRootOrSelf && info.st_uid == ::geteuid();
  if (info.st_uid != 0 && !own) {
    return Error("PLUGIN_OWNER", "it does not belong to root", path);
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error("PLUGIN_WRITABLE", "its group or others may write it", path);
  }
  if (info.st_size == 0) return Error("PLUGIN_TRUNCATED", "the file is empty", path);
  if (info.st_size > kMaxBytes) return Error("PLUGIN_TOO_LARGE", "the file is too large", path);
  return {};
}

Result<std::vector<std::byte>> read_all(int fd, std::size_t size, const std::string& path) {
  std::vector<std::byte> bytes(size);
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::pread(fd, bytes.data() + have, size - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Error("PLUGIN_OPEN", std::string("it cannot be read: ") + std::strerror(errno), path);
    }
    if (got == 0) return Error("PLUGIN_CHANGED", "it became shorter while it was read", path);
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  std::array<std::uint8_t, 32> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return to_hex(digest);
}

}  // namespace

Result<PluginFile> open_plugin_file(const std::filesystem::path& path, Owner owner) {
  auto fd = open_checked(path);
  if (!fd) return fd.error();
  struct stat info {};
  if (::fstat(fd->get(), &info) != 0) {
    return Error("PLUGIN_OPEN", std::string("it cannot be examined: ") + std::strerror(errno),
                 path.string());
  }
  if (auto owned = check_owner(info, owner, path.string()); !owned) return owned.error();
  auto bytes = read_all(fd->get(), static_cast<std::size_t>(info.st_size), path.string());
  if (!bytes) return bytes.error();
  std::string sha256 = sha256_hex(*bytes);
  return PluginFile{std::move(*fd), path, std::move(*bytes), std::move(sha256)};
}

}  // namespace everbit::plugins

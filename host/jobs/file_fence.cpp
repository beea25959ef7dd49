#include "jobs/file_fence.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace everbit::jobs {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kTruncate = 1ULL << 14;  // newer than the header, since version 3
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kOfFiles = kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                                 LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                 LANDLOCK_ACCESS_FS_MAKE_REG | kTruncate;
// Where the system keeps what every program is linked with; each may be missing.
constexpr std::array kSystem{"/usr", "/lib", "/lib64", "/etc/ld.so.cache"};

long version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

std::uint64_t handled_by(long version) {
  std::uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (version >= 2) all |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) all |= kTruncate;
  return all;
}

Error failed(const fs::path& path) {
  return {"SANDBOX", std::string("no rule: ") + std::strerror(errno), path.string()};
}

Result<void> allow(int rules, const fs::path& path, std::uint64_t access) {
  const plugins::UniqueFd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!place || ::fstat(place.get(), &info) != 0) return failed(path);
  if (!S_ISDIR(info.st_mode)) access &= kOfFiles;
  const landlock_path_beneath_attr rule{access, place.get()};
  if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return failed(path);
  }
  return {};
}

}  // namespace

bool FileFence::is_known_here() { return version() > 0; }

Result<FileFence> FileFence::make(const std::vector<fs::path>& readable, const fs::path& writable) {
  const long known = version();
  if (known <= 0) return FileFence(plugins::UniqueFd());
  const landlock_ruleset_attr attributes{handled_by(known)};
  const plugins::UniqueFd low(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  // Above the numbers that the child uses.
  plugins::UniqueFd rules(::fcntl(low.get(), F_DUPFD_CLOEXEC, 10));
  if (!low || !rules) return failed("rules");
  const std::uint64_t all = attributes.handled_access_fs;
  for (const char* path : kSystem) {
    if (::access(path, F_OK) != 0) continue;
    if (auto allowed = allow(rules.get(), path, kRead); !allowed) return allowed.error();
  }
  for (const fs::path& path : readable) {
    if (auto allowed = allow(rules.get(), path, kRead); !allowed) return allowed.error();
  }
  if (auto allowed = allow(rules.get(), writable, kWrite & all); !allowed) return allowed.error();
  if (auto allowed = allow(rules.get(), "/dev/null", kOfFiles & all); !allowed) {
    return allowed.error();
  }
  // The probe counts its own threads and descriptors; what is in the files stays hidden.
  auto counted = allow(rules.get(), "/proc", LANDLOCK_ACCESS_FS_READ_DIR);
  if (!counted) return counted.error();
  return FileFence(std::move(rules));
}

bool FileFence::bind() const {
  return !rules_ || ::syscall(SYS_landlock_restrict_self, rules_.get(), 0) == 0;
}

}  // namespace everbit::jobs

#include "ops/process.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace everbit::ops {
namespace {

constexpr int kArenas = 1;
constexpr int kOwnMapping = 128 * 1024;
constexpr int kKeptFree = 256 * 1024;

}  // namespace

void harden_process() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "PR_SET_DUMPABLE");
  }
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) {
    throw std::system_error(errno, std::generic_category(), "RLIMIT_CORE");
  }
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
    throw std::system_error(errno, std::generic_category(), "SIGPIPE");
  }
}

// A sanitizer's allocator knows none of these and says so; there is nothing to do about it.
void bound_heap() {
  (void)::mallopt(M_ARENA_MAX, kArenas);
  (void)::mallopt(M_MMAP_THRESHOLD, kOwnMapping);
  (void)::mallopt(M_TRIM_THRESHOLD, kKeptFree);
}

void trim_heap() { (void)::malloc_trim(kKeptFree); }

}  // namespace everbit::ops

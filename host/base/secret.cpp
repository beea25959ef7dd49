#include "base/secret.h"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace everbit {

void wipe(void* bytes, std::size_t size) { ::explicit_bzero(bytes, size); }

Secret::Secret(std::string_view text) : size_(text.size()) {
  if (text.empty()) return;
  const std::size_t size = text.size();
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  // Both are best effort: an unprivileged process may lock little, and a secret in swap is still
  // better than a daemon that does not start.
  (void)::mlock(page, size);
  (void)::madvise(page, size, MADV_DONTDUMP);
  bytes_ = std::shared_ptr<char>(static_cast<char*>(page), [size](char* mapped) {
    wipe(mapped, size);
    ::munmap(mapped, size);
  });
  std::memcpy(page, text.data(), size);
}

}  // namespace everbit

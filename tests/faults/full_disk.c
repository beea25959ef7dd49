/* A disk that is full while a file of the name EVERBIT_FULL_DISK exists: preloaded into PostgreSQL,
 * it answers ENOSPC to every write that would make a file longer, as the kernel does. */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_full(int file, off_t end) {
  const char* flag = getenv("EVERBIT_FULL_DISK");
  struct stat about;
  if (flag == NULL || access(flag, F_OK) != 0) return 0;
  return fstat(file, &about) == 0 && S_ISREG(about.st_mode) && end > about.st_size;
}

static ssize_t write_or_fail(const char* name, int file, const void* bytes, size_t size,
                             off_t offset) {
  ssize_t (*next)(int, const void*, size_t, off_t);
  if (is_full(file, offset + (off_t)size)) {
    errno = ENOSPC;
    return -1;
  }
  *(void**)&next = dlsym(RTLD_NEXT, name);
  return next(file, bytes, size, offset);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return write_or_fail("pwrite", file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off_t offset) {
  return write_or_fail("pwrite64", file, bytes, size, offset);
}

int posix_fallocate(int file, off_t offset, off_t size) {
  int (*next)(int, off_t, off_t);
  if (is_full(file, offset + size)) return ENOSPC;
  *(void**)&next = dlsym(RTLD_NEXT, "posix_fallocate");
  return next(file, offset, size);
}

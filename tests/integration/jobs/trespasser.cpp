#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

// Tries what a strategy file has no business with, and writes what became of each to `tried`:
// "socket EPERM". Arguments: a file that it may read, one that it may not, a folder of others.

namespace {

FILE* out = nullptr;

void tell(const char* what, bool done) {
  std::fprintf(out, "%s %s\n", what,
               done              ? "done"
               : errno == EPERM  ? "EPERM"
               : errno == EACCES ? "EACCES"
               : errno == ENOSYS ? "ENOSYS"
                                 : "other");
}

bool opens(const char* path, int how) {
  const int fd = ::open(path, how | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

void try_processes() {
  const pid_t parent = ::getppid();
  tell("kill", ::kill(parent, 0) == 0);
  tell("tgkill", ::syscall(SYS_tgkill, parent, parent, 0) == 0);
  rlimit limit{};
  tell("limits", ::prlimit(parent, RLIMIT_NOFILE, nullptr, &limit) == 0);
  tell("own-limits", ::prlimit(0, RLIMIT_NOFILE, nullptr, &limit) == 0);
  tell("priority", ::setpriority(PRIO_PROCESS, static_cast<id_t>(parent), 19) == 0);
  tell("schedule", ::syscall(SYS_sched_setaffinity, parent, 0, nullptr) == 0);
  tell("signal-owner", ::fcntl(3, F_SETOWN, parent) == 0);
  tell("session", ::setsid() > 0);
  tell("group", ::setpgid(0, 0) == 0);
  tell("ptrace", ::syscall(SYS_ptrace, 16, parent, nullptr, nullptr) == 0);
  tell("memory", opens(("/proc/" + std::to_string(parent) + "/mem").c_str(), O_RDWR));
  tell("environment", opens(("/proc/" + std::to_string(parent) + "/environ").c_str(), O_RDONLY));
  tell("die-with-parent", ::prctl(PR_SET_PDEATHSIG, 0) == 0);
}

void try_kernel() {
  tell("socket", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  tell("pair", [] {
    int ends[2];
    return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
  }());
  tell("namespace", ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0);
  tell("clone3", ::syscall(SYS_clone3, nullptr, 0) >= 0);
#if defined(__x86_64__)
  // The same number as another architecture of this machine counts it: getpid.
  tell("x32", ::syscall(0x40000000 + SYS_getpid) > 0);
#endif
  tell("io_uring", ::syscall(425, 1, nullptr) >= 0);
}

void try_files(const char* allowed, const char* forbidden, const std::string& folder) {
  tell("read-given", opens(allowed, O_RDONLY));
  tell("write-given", opens(allowed, O_RDWR));
  tell("read-other", opens(forbidden, O_RDONLY));
  tell("write-other", opens(forbidden, O_WRONLY));
  tell("delete-other", ::unlink(forbidden) == 0);
  tell("list-others", opens(folder.c_str(), O_RDONLY | O_DIRECTORY));
  tell("make-other", opens((folder + "/new").c_str(), O_WRONLY | O_CREAT));
  tell("make-own", opens("own", O_WRONLY | O_CREAT));
  tell("link-own", ::symlink("/etc/passwd", "link") == 0);
  tell("fifo-own", ::mkfifo("fifo", 0600) == 0);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 1;
  out = std::fopen("tried", "w");
  if (out == nullptr) return 2;
  std::fprintf(out, "variables %d\n", environ == nullptr || environ[0] == nullptr ? 0 : 1);
  try_processes();
  try_kernel();
  try_files(arguments[1], arguments[2], arguments[3]);
  return std::fclose(out) == 0 ? 0 : 3;
}

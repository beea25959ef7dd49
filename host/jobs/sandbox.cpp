#include "jobs/sandbox.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace everbit::jobs {
namespace {

constexpr int kNice = 10;
constexpr const char* kOomScore = "800";
constexpr int kProgressFd = 3;
constexpr int kSetupFailed = 125;

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the system calls of this architecture are not listed"
#endif

// What a back-test has no use for, and what could reach another process or the network.
constexpr std::array kForbidden{SYS_socket,
                                SYS_connect,
                                SYS_bind,
                                SYS_listen,
                                SYS_accept,
                                SYS_accept4,
                                SYS_sendto,
                                SYS_sendmsg,
                                SYS_recvfrom,
                                SYS_ptrace,
                                SYS_process_vm_readv,
                                SYS_process_vm_writev,
                                SYS_kill,
                                SYS_tkill,
                                SYS_pidfd_open,
                                SYS_pidfd_send_signal,
                                SYS_rt_sigqueueinfo,
                                SYS_rt_tgsigqueueinfo,
                                SYS_mount,
                                SYS_umount2,
                                SYS_unshare,
                                SYS_setns,
                                SYS_keyctl,
                                SYS_add_key,
                                SYS_request_key,
                                SYS_bpf,
                                SYS_perf_event_open,
                                SYS_init_module,
                                SYS_io_uring_setup,
                                SYS_io_uring_enter,
                                SYS_shmget,
                                SYS_msgget,
                                SYS_semget};

using Filter = std::array<sock_filter, kForbidden.size() + 11>;

sock_filter statement(std::uint16_t code, std::uint32_t value) { return {code, 0, 0, value}; }

// Where the child writes its own process id: the only one that it may signal.
constexpr std::size_t kOwnPid = 6;

// Another architecture's numbers end the child; a forbidden call fails with EPERM.
Filter make_filter() {
  Filter filter{};
  std::size_t n = 0;
  filter[n++] = statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
  filter[n++] = {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture};
  filter[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  filter[n++] = statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
  filter[n++] = {BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_tgkill};
  filter[n++] = statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args));
  filter[n++] = {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0};
  filter[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  filter[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  for (std::size_t i = 0; i < kForbidden.size(); ++i) {
    // To the last statement, over the others of the list and the one that allows.
    const auto over = static_cast<std::uint8_t>(kForbidden.size() - i);
    filter[n++] = {BPF_JMP | BPF_JEQ | BPF_K, over, 0, static_cast<std::uint32_t>(kForbidden[i])};
  }
  filter[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  return filter;
}

bool limit(int resource, std::uint64_t most) {
  const rlimit value{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &value) == 0;
}

bool write_text(const char* file, const char* text) {
  const int fd = ::open(file, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written =
      ::write(fd, text, std::strlen(text)) == static_cast<ssize_t>(std::strlen(text));
  ::close(fd);
  return written;
}

// Between fork and exec, in a copy of a process with many threads: nothing here may allocate or
// lock.
[[noreturn]] void become(const SandboxCommand& command, char* const* arguments, sock_fprog& filter,
                         int progress, int errors, pid_t parent) {
  const bool placed = ::dup2(progress, kProgressFd) == kProgressFd &&
                      ::dup2(errors, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0 &&
                      ::close(STDIN_FILENO) == 0 && ::open("/dev/null", O_RDONLY) == STDIN_FILENO &&
                      ::syscall(SYS_close_range, kProgressFd + 1, ~0U, 0) == 0;
  const bool bound = placed && ::setsid() > 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                     ::getppid() == parent && ::chdir(command.folder.c_str()) == 0 &&
                     write_text("/proc/self/oom_score_adj", kOomScore) &&
                     ::setpriority(PRIO_PROCESS, 0, kNice) == 0;
  const bool limited = bound && limit(RLIMIT_CORE, 0) && limit(RLIMIT_AS, command.max_memory);
  filter.filter[kOwnPid].k = static_cast<std::uint32_t>(::getpid());
  sigset_t none;
  ::sigemptyset(&none);
  const bool shut = limited && ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0 &&
                    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
  char* const environment[] = {nullptr};
  if (shut) ::execve(command.program.c_str(), arguments, environment);
  ::_exit(kSetupFailed);
}

Error failed(const char* what) {
  return {"SANDBOX", std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

Result<SandboxedChild> SandboxedChild::start(const SandboxCommand& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("no pipe");
  plugins::UniqueFd reading(ends[0]);
  // Above the numbers that the child uses.
  const plugins::UniqueFd low(ends[1]);
  const plugins::UniqueFd writing(::fcntl(low.get(), F_DUPFD_CLOEXEC, 10));
  const plugins::UniqueFd errors(::open(
      command.error_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  const plugins::UniqueFd errors_above(::fcntl(errors.get(), F_DUPFD_CLOEXEC, 10));
  if (!writing || !errors || !errors_above) return failed("no descriptor");
  ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);

  std::string name = command.program.filename().string();
  std::vector<std::string> words = command.arguments;
  std::vector<char*> arguments{name.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  Filter filter = make_filter();
  sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return failed("no process");
  if (child == 0) {
    become(command, arguments.data(), program, writing.get(), errors_above.get(), parent);
  }
  return SandboxedChild(child, std::move(reading));
}

SandboxedChild::SandboxedChild(SandboxedChild&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), progress_(std::move(other.progress_)) {}

SandboxedChild::~SandboxedChild() { kill(); }

bool SandboxedChild::has_ended(int& status) {
  if (pid_ < 0) return true;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  // What it had started shares its session's first process group.
  ::kill(-pid_, SIGKILL);
  pid_ = -1;
  return true;
}

void SandboxedChild::kill() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace everbit::jobs

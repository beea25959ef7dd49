#include "jobs/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "jobs/file_fence.h"
#include "jobs/syscall_filter.h"

namespace everbit::jobs {
namespace {

constexpr int kNice = 10;
constexpr const char* kOomScore = "800";
constexpr int kProgressFd = 3;
constexpr int kSetupFailed = 125;
constexpr std::uint64_t kMostFile = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostDescriptors = 256;

bool limit(int resource, std::uint64_t most) {
  const rlimit value{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &value) == 0;
}

bool limit_memory([[maybe_unused]] std::uint64_t most) {
#ifdef EVERBIT_SANITIZER
  return true;  // a sanitizer's shadow alone is terabytes
#else
  return limit(RLIMIT_AS, most);
#endif
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
[[noreturn]] void become(const SandboxCommand& command, char* const* arguments,
                         const FileFence& fence, SyscallFilter& filter, int progress, int errors,
                         pid_t parent) {
  const bool placed = ::dup2(progress, kProgressFd) == kProgressFd &&
                      ::dup2(errors, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0 &&
                      ::close(STDIN_FILENO) == 0 && ::open("/dev/null", O_RDONLY) == STDIN_FILENO;
  const bool bound = placed && ::setsid() > 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                     ::getppid() == parent && ::chdir(command.folder.c_str()) == 0 &&
                     write_text("/proc/self/oom_score_adj", kOomScore) &&
                     ::setpriority(PRIO_PROCESS, 0, kNice) == 0;
  const bool limited = bound && limit(RLIMIT_CORE, 0) && limit_memory(command.max_memory) &&
                       limit(RLIMIT_FSIZE, kMostFile) && limit(RLIMIT_NOFILE, kMostDescriptors);
  sigset_t none;
  ::sigemptyset(&none);
  const bool shut = limited && ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0 &&
                    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && fence.bind() &&
                    ::syscall(SYS_close_range, kProgressFd + 1, ~0U, 0) == 0 &&
                    filter.bind(::getpid());
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
  std::vector<std::filesystem::path> readable = command.readable;
  readable.push_back(command.program.parent_path());
  const auto fence = FileFence::make(readable, command.folder);
  if (!fence) return fence.error();
  SyscallFilter filter;
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return failed("no process");
  if (child == 0) {
    become(command, arguments.data(), *fence, filter, writing.get(), errors_above.get(), parent);
  }
  return SandboxedChild(child, std::move(reading));
}

SandboxedChild::SandboxedChild(SandboxedChild&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), progress_(std::move(other.progress_)) {}

SandboxedChild::~SandboxedChild() { kill(); }

bool SandboxedChild::has_ended(int& status) {
  if (pid_ < 0) return true;
  siginfo_t ended{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      ended.si_pid != pid_) {
    return false;
  }
  // What it had started is in its process group and cannot leave it. Before it is reaped: until
  // then its number stands for nobody else.
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
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

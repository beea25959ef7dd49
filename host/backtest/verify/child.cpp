#include "backtest/verify/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>

#include "base/deadline.h"
#include "plugins/unique_fd.h"

namespace everbit::backtest {
namespace {

constexpr std::size_t kMostText = std::size_t{64} << 20;
constexpr int kNice = 10;

// A sanitizer's shadow alone is terabytes of address space: without a limit then.
#ifdef EVERBIT_SANITIZER
void limit_memory(const ChildLimits&) {}
#else
std::size_t address_space() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// In a sandbox, which has set its own limit, the size cannot be read.
void limit_memory(const ChildLimits& limits) {
  const std::size_t now = address_space();
  if (now == 0) return;
  const rlim_t most = now + limits.memory;
  const rlimit memory{most, most};
  ::setrlimit(RLIMIT_AS, &memory);
}
#endif

// What cannot be taken away is no error: a strategy is trusted code, this bounds its mistakes.
void confine(const ChildLimits& limits) {
  ::clearenv();
  if (::setpriority(PRIO_PROCESS, 0, kNice) != 0) errno = 0;
  std::ofstream("/proc/self/oom_score_adj") << 800;
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) errno = 0;
  limit_memory(limits);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

[[noreturn]] void be_child(int out, const std::function<std::string()>& body,
                           const ChildLimits& limits) {
  confine(limits);
  int code = 0;
  std::string text;
  try {
    text = body();
  } catch (const std::exception& error) {
    text = error.what();
    code = 1;
  }
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(out, text.data() + done, text.size() - done);
    if (n <= 0) ::_exit(2);
    done += static_cast<std::size_t>(n);
  }
  ::_exit(code);
}

// Nothing if the deadline came first.
std::optional<std::string> read_all(int fd, Deadline deadline) {
  std::string text;
  for (;;) {
    pollfd waiting{fd, POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    std::array<char, 65'536> chunk;
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    if (text.size() < kMostText) text.append(chunk.data(), static_cast<std::size_t>(n));
  }
}

int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Result<std::string> run_in_child(const std::function<std::string()>& body, ChildLimits limits) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error("CHILD_FAILED", "no pipe is left");
  const plugins::UniqueFd reading(ends[0]);
  plugins::UniqueFd writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return Error("CHILD_FAILED", std::strerror(errno));
  if (child == 0) be_child(writing.get(), body, limits);
  writing.reset();
  auto text = read_all(reading.get(), Deadline::after(limits.time));
  if (!text) {
    // In a sandbox nobody may be killed; there all that was started goes with the command.
    if (::kill(child, SIGKILL) == 0) reap(child);
    return Error("CHILD_HUNG", "no end within " + std::to_string(limits.time.count()) + " seconds");
  }
  const int status = reap(child);
  if (WIFSIGNALED(status)) return Error("CHILD_CRASHED", ::strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) return Error("CHILD_FAILED", *text);
  return std::move(*text);
}

}  // namespace everbit::backtest

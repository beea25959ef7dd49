#include "plugins/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "base/deadline.h"

namespace everbit::plugins {

namespace {

// What the child sees; probe_main.cpp knows them too.
constexpr int kChildFile = 3;
constexpr std::size_t kMaxReport = 4096;

Error probe_error(std::string what, int error) {
  return {"PLUGIN_PROBE", std::move(what) + ": " + std::strerror(error)};
}

// Two descriptors in the child, standard output and the file, nothing else.
class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  void dup(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void discard(int fd) { posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_RDWR, 0); }
  void close_from(int fd) { posix_spawn_file_actions_addclosefrom_np(&actions_, fd); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

Result<pid_t> spawn(const std::filesystem::path& program, int file, int report) {
  // Copies above the child's numbers, so that one dup2 cannot overwrite the other's source.
  const UniqueFd file_copy(::fcntl(file, F_DUPFD_CLOEXEC, 10));
  const UniqueFd report_copy(::fcntl(report, F_DUPFD_CLOEXEC, 10));
  if (!file_copy || !report_copy) return probe_error("no descriptor is left", errno);
  SpawnActions actions;
  actions.discard(STDIN_FILENO);
  actions.dup(report_copy.get(), STDOUT_FILENO);
  actions.discard(STDERR_FILENO);
  actions.dup(file_copy.get(), kChildFile);
  actions.close_from(kChildFile + 1);
  std::string name = program.filename().string();
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program.c_str(), actions.get(), nullptr,
                                   arguments.data(), environment.data());
  if (failed != 0)
    return probe_error("the probe " + program.string() + " cannot be started", failed);
  return child;
}

// What the child writes until it closes its end; nothing if the deadline came first.
std::optional<std::string> read_report(int fd, Deadline deadline) {
  std::string text;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
    struct pollfd waiting {
      fd, POLLIN, 0
    };
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    std::array<char, 512> chunk{};
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    if (text.size() < kMaxReport) text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

std::optional<int> wait_for(pid_t child, Deadline deadline) {
  for (;;) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) return status;
    if (deadline.expired()) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void kill_and_reap(pid_t child) {
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// "CODE<TAB>field<TAB>message" of the child.
Error parse_report(const std::string& text) {
  const auto first = text.find('\t');
  const auto second = first == std::string::npos ? first : text.find('\t', first + 1);
  if (second == std::string::npos) return {"PLUGIN_EXITED", "it ended the probe's process"};
  return {text.substr(0, first), text.substr(second + 1),
          text.substr(first + 1, second - first - 1)};
}

Result<void> judge(int status, const std::string& report) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return Error("PLUGIN_CRASHED",
                 std::string("it crashes while it is loaded: ") + ::strsignal(signal));
  }
  // Its own "ok" proves that the probe came to its end; a plugin could call exit(0) before.
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && report == "ok") return {};
  return parse_report(report);
}

}  // namespace

std::filesystem::path default_probe_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() /
         "everbit-plugin-probe";
}

Result<void> probe(const PluginFile& file, const ProbeOptions& options) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return probe_error("no pipe", errno);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const auto child = spawn(options.program, file.fd.get(), writing.get());
  if (!child) return child.error();
  writing.reset();
  const auto deadline = Deadline::after(options.timeout);
  const auto report = read_report(reading.get(), deadline);
  const auto status = report ? wait_for(*child, deadline) : std::nullopt;
  if (!status) {
    kill_and_reap(*child);
    return Error(
        "PLUGIN_HUNG",
        "it does not finish loading within " + std::to_string(options.timeout.count()) + " ms",
        file.path.string());
  }
  auto verdict = judge(*status, *report);
  if (verdict) return {};
  Error error = verdict.error();
  if (error.field.empty()) error.field = file.path.string();
  return error;
}

}  // namespace everbit::plugins

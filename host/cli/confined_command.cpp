#include "cli/confined_command.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/deadline.h"
#include "base/files.h"
#include "cli/progress_bar.h"
#include "jobs/progress_lines.h"
#include "jobs/sandbox.h"

namespace everbit::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::seconds kCollect{1};
constexpr std::size_t kMostText = std::size_t{64} << 20;
constexpr int kSetupFailed = 125;
constexpr int kInterrupted = 130;

// A folder that goes with the command.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "everbit-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Ctrl-C ends the child and the folder, too.
class Interrupts {
 public:
  Interrupts() {
    ::sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals_, signal);
    ::sigprocmask(SIG_BLOCK, &signals_, &before_);
  }
  ~Interrupts() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  bool came() const {
    const timespec now{0, 0};
    return ::sigtimedwait(&signals_, nullptr, &now) > 0;
  }

 private:
  sigset_t signals_;
  sigset_t before_;
};

jobs::SandboxCommand command_of(const ConfinedLine& line, const fs::path& folder) {
  jobs::SandboxCommand command;
  command.program = fs::read_symlink("/proc/self/exe");
  std::istringstream names{std::string(line.command)};
  for (std::string name; names >> name;) command.arguments.push_back(name);
  command.arguments.insert(command.arguments.end(), line.arguments.begin(), line.arguments.end());
  command.arguments.insert(command.arguments.end(),
                           {"--confined", folder.string(), "--base", fs::current_path().string()});
  command.folder = folder;
  command.error_file = folder / "errors";
  command.readable.push_back(fs::absolute(line.options.strategy));
  for (const auto& [market, file] : line.options.candles) {
    command.readable.push_back(fs::absolute(file));
  }
  command.max_memory = line.max_memory;
  return command;
}

void relay(std::ostream& out, const fs::path& file) {
  if (const auto text = read_file(file, kMostText)) out << *text << std::flush;
}

int refuse(const ConfinedLine& line, const Error& error) {
  std::cerr << "everbit " << line.command << ": " << to_string(error) << '\n';
  return line.failed;
}

int end_of(const ConfinedLine& line, int status, const fs::path& folder) {
  relay(std::cerr, folder / "errors");
  relay(std::cout, folder / "out");
  if (WIFSIGNALED(status)) {
    return refuse(line, {"CHILD_CRASHED", "killed by signal " + std::to_string(WTERMSIG(status))});
  }
  if (WEXITSTATUS(status) == kSetupFailed) {
    return refuse(line, {"SANDBOX", "the child could not be confined"});
  }
  return WEXITSTATUS(status);
}

}  // namespace

bool confines() {
#ifdef EVERBIT_SANITIZER
  return false;
#else
  return true;
#endif
}

int run_confined(const ConfinedLine& line) {
  const Interrupts interrupts;
  const Folder folder;
  if (folder.path().empty()) return refuse(line, {"SANDBOX", "no scratch folder"});
  if (line.prepare) {
    if (auto prepared = line.prepare(folder.path()); !prepared) {
      return refuse(line, prepared.error());
    }
  }
  auto child = jobs::SandboxedChild::start(command_of(line, folder.path()));
  if (!child) return refuse(line, child.error());
  const auto bar = progress_bar();
  jobs::ProgressLines progress;
  Deadline next = Deadline::after(kCollect);
  int status = 0;
  while (!child->has_ended(status)) {
    if (interrupts.came()) return kInterrupted;
    pollfd waiting{child->progress(), POLLIN, 0};
    const bool closed =
        ::poll(&waiting, 1, static_cast<int>(kLook.count())) > 0 && (waiting.revents & POLLIN) == 0;
    // An end that is closed would be ready at once, again and again.
    if (closed) ::poll(nullptr, 0, static_cast<int>(kLook.count()));
    progress.read(child->progress(), bar);
    if (!line.collect || !next.expired()) continue;
    if (auto collected = line.collect(folder.path()); !collected) {
      return refuse(line, collected.error());
    }
    next = Deadline::after(kCollect);
  }
  progress.read(child->progress(), bar);
  if (line.collect) {
    if (auto collected = line.collect(folder.path()); !collected) {
      return refuse(line, collected.error());
    }
  }
  return end_of(line, status, folder.path());
}

po::options_description confined_line() {
  po::options_description options;
  options.add_options()("confined", po::value<std::string>(), "");
  options.add_options()("base", po::value<std::string>(), "");
  return options;
}

std::optional<fs::path> confined_in(const po::variables_map& given) {
  if (given.count("confined") == 0) return std::nullopt;
  const fs::path folder = given["confined"].as<std::string>();
  static std::ofstream out(folder / "out", std::ios::binary);
  std::cout.rdbuf(out.rdbuf());
  return folder;
}

}  // namespace everbit::cli

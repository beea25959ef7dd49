#include "unit/cli/run_everbit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace everbit::test {
namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "everbit-cli-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
  return name;
}

void redirect(const fs::path& file, int to) {
  const int fd = ::open(file.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
}

[[noreturn]] void become(const std::vector<std::string>& words,
                         const std::map<std::string, std::string>& environment,
                         const fs::path& folder) {
  redirect(folder / "out", STDOUT_FILENO);
  redirect(folder / "err", STDERR_FILENO);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::string program = EVERBIT_PROGRAM;
  std::vector<std::string> copies = words;
  std::vector<char*> argv{program.data()};
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Ended run_everbit(const std::vector<std::string>& words,
                  const std::map<std::string, std::string>& environment) {
  const fs::path folder = make_folder();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) become(words, environment, folder);
  const int code = wait_for(child);
  Ended ended{code, read_all(folder / "out"), read_all(folder / "err")};
  fs::remove_all(folder);
  return ended;
}

SettingsFolder::SettingsFolder(const std::string& toml) : dir_(make_folder()) {
  fs::create_directory(store());
  write("plugins.lock", "");
  write("everbit.toml", toml + "\n[data]\ndir = \"" + dir_.string() + "\"\n[plugins]\ndir = \"" +
                            store().string() + "\"\nlock = \"" + (dir_ / "plugins.lock").string() +
                            "\"\n");
}

SettingsFolder::~SettingsFolder() { fs::remove_all(dir_); }

void SettingsFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream(dir_ / name, std::ios::binary) << text;
}

}  // namespace everbit::test

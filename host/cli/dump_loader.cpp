#include "cli/dump_loader.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/unique_fd.h"
#include "store/tool_environment.h"

extern char** environ;

namespace everbit::cli {
namespace {

using plugins::UniqueFd;
using Words = std::vector<std::string>;

constexpr std::size_t kChunk = 64 * 1024;

Result<std::pair<UniqueFd, UniqueFd>> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error("DUMP_TOOL", std::strerror(errno));
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

// One of PostgreSQL's programs.
class Tool {
 public:
  ~Tool() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    (void)wait();
  }
  Tool() = default;
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;

  Result<void> start(Words words, const Words& environment, int input, int output) {
    std::vector<char*> argv;
    std::vector<char*> variables;
    for (std::string& word : words) argv.push_back(word.data());
    for (const std::string& variable : environment) {
      variables.push_back(const_cast<char*>(variable.c_str()));
    }
    argv.push_back(nullptr);
    variables.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (output >= 0) ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    const int error =
        ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), variables.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (error == 0) return {};
    pid_ = -1;
    return Error("DUMP_TOOL", words[0] + ": " + std::strerror(error));
  }

  // Whether it ended well.
  bool wait() {
    int status = 0;
    while (::waitpid(std::exchange(pid_, -1), &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t pid_ = -1;
};

// The programs' environment: ours, the address, and no message in another language.
Result<Words> environment_for(const std::string& dsn) {
  auto address = store::tool_environment(dsn);
  if (!address) return address.error();
  Words all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, "PG", 2) != 0) all.emplace_back(*variable);
  }
  for (const auto& [name, value] : *address) all.push_back(name + "=" + value);
  return all;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool copy_all(int from, int to) {
  std::array<char, kChunk> chunk;
  for (;;) {
    const ssize_t got = ::read(from, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    if (!write_all(to, {chunk.data(), static_cast<std::size_t>(got)})) return false;
  }
}

}  // namespace

Result<void> load_dump(const std::filesystem::path& file, const std::string& dsn,
                       const std::string& last) {
  // A psql that ends early must not end us.
  ::signal(SIGPIPE, SIG_IGN);
  UniqueFd dump(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 32> head{};
  const ssize_t got = dump ? ::pread(dump.get(), head.data(), head.size(), 0) : -1;
  if (got < 0) return Error("DUMP_FILE", std::strerror(errno), file.string());
  const std::string_view begin(head.data(), static_cast<std::size_t>(got));
  if (begin.starts_with("age-encryption.org") || begin.starts_with("-----BEGIN AGE")) {
    return Error("DUMP_ENCRYPTED", "decrypt it first (age -d -i KEY)", file.string());
  }
  const auto environment = environment_for(dsn);
  if (!environment) return environment.error();
  auto words = make_pipe();
  if (!words) return words.error();
  UniqueFd to_psql = std::move(words->second);
  Tool psql;
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (auto started = psql.start(
          {"psql", "-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-f", "-"},
          *environment, words->first.get(), nowhere.get());
      !started) {
    return started.error();
  }
  words->first.reset();
  bool whole = false;
  if (begin.starts_with("PGDMP")) {
    auto sql = make_pipe();
    if (!sql) return sql.error();
    Tool restore;
    if (auto started = restore.start({"pg_restore", "--no-owner", "--no-privileges", "-f", "-"},
                                     *environment, dump.get(), sql->second.get());
        !started) {
      return started.error();
    }
    sql->second.reset();
    whole = copy_all(sql->first.get(), to_psql.get());
    sql->first.reset();
    whole = restore.wait() && whole;
  } else {
    whole = copy_all(dump.get(), to_psql.get());
  }
  // At the end of its input psql commits: with half a dump it is killed before, by its destructor.
  if (!whole) return Error("DUMP_REFUSED", "the dump could not be read to its end", file.string());
  whole = write_all(to_psql.get(), "\nSET search_path = public;\n" + last);
  if (!whole) return Error("DUMP_REFUSED", "the database did not take the dump", file.string());
  to_psql.reset();
  if (!psql.wait()) {
    return Error("DUMP_REFUSED", "the database did not take the dump", file.string());
  }
  return {};
}

}  // namespace everbit::cli

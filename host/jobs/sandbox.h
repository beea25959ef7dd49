#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "plugins/unique_fd.h"

namespace everbit::jobs {

// A program to be run where it can do no harm to trading.
struct SandboxCommand {
  std::filesystem::path program;
  std::vector<std::string> arguments;           // without the program's name
  std::filesystem::path folder;                 // where it works
  std::filesystem::path error_file;             // what it says on standard error and output
  std::vector<std::filesystem::path> readable;  // files and folders, beside the program's own
  std::uint64_t max_memory = 0;                 // bytes of address space
};

// A child in a session of its own: an empty environment, nice 10, the first to die when memory is
// short, an address space with a limit, no core file, files of at most 1 GiB. It opens what it was
// given and changes nothing outside its folder (FileFence), makes no system call beyond those of a
// computation (SyscallFilter), and dies with its parent. It may write to descriptor 3, whose other
// end is `progress`, and has no other one. One thread; killed, with all that it started, when this
// is destroyed.
class SandboxedChild {
 public:
  // Code SANDBOX. The child's own failure to set itself up is its exit status 125.
  static Result<SandboxedChild> start(const SandboxCommand& command);
  SandboxedChild(SandboxedChild&& other) noexcept;
  SandboxedChild& operator=(SandboxedChild&&) = delete;
  ~SandboxedChild();

  pid_t pid() const { return pid_; }
  int progress() const { return progress_.get(); }
  // Whether it has ended; then `status` is as of waitpid().
  bool has_ended(int& status);
  // Ends it and everything it started; returns when it is gone.
  void kill();

 private:
  SandboxedChild(pid_t pid, plugins::UniqueFd progress)
      : pid_(pid), progress_(std::move(progress)) {}

  pid_t pid_ = -1;  // -1: reaped
  plugins::UniqueFd progress_;
};

}  // namespace everbit::jobs

#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace everbit::test {

// A program under test; what it prints goes to a file. Its standard input stays open as long as
// this object. Killed at the end if it still runs, and by the kernel should the test die first.
class Child {
 public:
  Child(const std::vector<std::string>& command, const std::vector<std::string>& environment,
        std::filesystem::path output);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  // Its exit status, 128 + the number of the signal that ended it; none: it runs on at the
  // deadline.
  std::optional<int> wait(std::chrono::milliseconds patience);
  bool is_running() { return !wait(std::chrono::milliseconds(0)); }
  // All it has printed until now, to both of its outputs.
  std::string output() const;

 private:
  std::filesystem::path output_;
  int input_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace everbit::test

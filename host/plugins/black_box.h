#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "plugins/unique_fd.h"

namespace everbit::plugins {

class Instance;

// A process that died of a fatal signal, and the call into a plugin that its thread was in.
struct Crash {
  Timestamp at;  // whole seconds
  int signal = 0;
  std::string sha256;  // this and the next two are empty when it was in no plugin
  std::string callback;
  std::string instance;
};

// Why this process's forerunners crashed, until the owner forgives them: a file to which the
// handler of a fatal signal adds one line. What kills from outside (SIGKILL, no memory, no power)
// adds none, for no plugin is to blame then.
//
// One a process, opened before the first strategy runs, and not closed while one does. Main thread.
class BlackBox {
 public:
  // Reads the file, or makes it for its owner alone, and has SIGSEGV, SIGBUS, SIGFPE, SIGILL and
  // SIGABRT add to it from now on, in all threads that do not block them, before they take their
  // usual course. Lines that are none of ours are passed over. Code BLACK_BOX.
  static Result<std::unique_ptr<BlackBox>> open(const std::filesystem::path& file);
  // The signals do again what they did before.
  ~BlackBox();
  BlackBox(const BlackBox&) = delete;
  BlackBox& operator=(const BlackBox&) = delete;

  // Those of earlier processes that are not forgiven, oldest first; at most the last 16.
  const std::vector<Crash>& crashes() const { return crashes_; }
  // Whether one of them happened inside this file's code.
  bool blames(std::string_view sha256) const;
  // Whether the last two of them lie within `span` before now.
  bool has_crashed_twice(Timestamp now, std::chrono::seconds span) const;
  // Code BLACK_BOX: they are still in the file.
  Result<void> forgive();

 private:
  explicit BlackBox(UniqueFd file) : file_(std::move(file)) {}

  UniqueFd file_;
  std::vector<Crash> crashes_;
};

// A call into this instance does not return, and the process is about to abort for it: the line is
// to name that instance, whichever thread dies. Any thread.
void accuse(const Instance& instance);

}  // namespace everbit::plugins

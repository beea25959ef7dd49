#pragma once

#include <cstdint>
#include <optional>

#include "base/deadline.h"

namespace everbit::ops {

enum class ProcessSignal : std::uint8_t {
  kStop,    // SIGTERM, SIGINT: drain and end
  kReload,  // SIGHUP: re-read settings and plugins.lock
};

// The one place that receives signals, as ordinary values and never in a handler. main makes it
// before any thread starts, because the mask is inherited; a child process must clear its mask
// before exec. Restores the old mask at the end. wait() is for one thread.
class ProcessSignals {
 public:
  // Throws std::system_error.
  ProcessSignals();
  ~ProcessSignals();
  ProcessSignals(const ProcessSignals&) = delete;
  ProcessSignals& operator=(const ProcessSignals&) = delete;

  // Empty when the deadline came first.
  std::optional<ProcessSignal> wait(Deadline deadline);

 private:
  int fd_ = -1;
};

}  // namespace everbit::ops

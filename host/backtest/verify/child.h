#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"

namespace everbit::backtest {

struct ChildLimits {
  std::size_t memory = std::size_t{300} << 20;  // address space beyond what the process has now
  std::chrono::seconds time{600};
};

// Runs the body in a child of this process and gives back the text that it returned. The child has
// no environment, no network where the system lets it go without, nice 10, oom_score_adj 800 and
// bounded memory, so that a strategy costs nobody but itself. Only for a process of one thread.
// Codes: CHILD_CRASHED (the message names the signal), CHILD_HUNG, CHILD_FAILED.
Result<std::string> run_in_child(const std::function<std::string()>& body, ChildLimits limits = {});

}  // namespace everbit::backtest

#pragma once

#include <chrono>

#include "plugins/strand.h"

namespace everbit::plugins {

class Instance;

// How long one callback may keep its strand before the plugin is given up.
inline constexpr std::chrono::milliseconds kLongestCall{5000};

// Runs the task on the instance's strand and waits for its end, however many callbacks it makes.
// False when none of them returned for `limit`: then the task may still run, so the instance must
// not be used again and all that the task uses must stay. Time in which this process stood still
// (SIGSTOP) does not count. Not from the strand.
bool run_watched(Instance& instance, Strand::Task task,
                 std::chrono::milliseconds limit = kLongestCall);

}  // namespace everbit::plugins

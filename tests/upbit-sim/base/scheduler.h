#pragma once

#include <functional>

#include "upbit-sim/base/time.h"

namespace everbit::upbit_sim {

// Runs things later on the simulator's one thread; real milliseconds. The program's stands on Asio,
// the unit tests' is stepped by hand.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual void after(Millis delay, std::function<void()> action) = 0;
};

}  // namespace everbit::upbit_sim

#include "base/clock.h"

namespace everbit {

Timestamp SystemClock::now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp::from_ns(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
}

SteadyTime SystemClock::steady_now() const { return std::chrono::steady_clock::now(); }

Timestamp ManualClock::now() const { return Timestamp::from_ns(now_ns_.load()); }

SteadyTime ManualClock::steady_now() const {
  return SteadyTime(std::chrono::nanoseconds(steady_ns_.load()));
}

void ManualClock::advance(std::chrono::nanoseconds step) {
  now_ns_.fetch_add(step.count());
  steady_ns_.fetch_add(step.count());
}

void ManualClock::set(Timestamp now) { now_ns_.store(now.ns()); }

}  // namespace everbit

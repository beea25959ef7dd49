#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace everbit {

// The moment after which nobody waits any more. Every wait takes one; it is passed down unchanged,
// so that the waits of one task share one budget. A point on the steady clock; a value.
class Deadline {
 public:
  static Deadline at(SteadyTime time) { return Deadline(time); }
  static Deadline after(std::chrono::nanoseconds budget) {
    return Deadline(saturated(std::chrono::steady_clock::now(), budget));
  }
  static Deadline after(std::chrono::nanoseconds budget, const Clock& clock) {
    return Deadline(saturated(clock.steady_now(), budget));
  }
  // Already over: look, but do not wait.
  static Deadline passed() { return Deadline(SteadyTime::min()); }

  SteadyTime time() const { return time_; }
  bool expired() const { return std::chrono::steady_clock::now() >= time_; }
  bool expired(const Clock& clock) const { return clock.steady_now() >= time_; }
  // Never negative.
  std::chrono::nanoseconds remaining() const { return left(std::chrono::steady_clock::now()); }
  std::chrono::nanoseconds remaining(const Clock& clock) const { return left(clock.steady_now()); }
  Deadline earlier(Deadline other) const { return Deadline(std::min(time_, other.time_)); }

  friend auto operator<=>(Deadline, Deadline) = default;

 private:
  explicit Deadline(SteadyTime time) : time_(time) {}
  static SteadyTime saturated(SteadyTime start, std::chrono::nanoseconds budget) {
    return budget > SteadyTime::max() - start ? SteadyTime::max() : start + budget;
  }
  std::chrono::nanoseconds left(SteadyTime now) const {
    return now >= time_ ? std::chrono::nanoseconds::zero() : time_ - now;
  }
  SteadyTime time_;
};

}  // namespace everbit

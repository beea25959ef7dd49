#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/timestamp.h"

namespace everbit {

using SteadyTime = std::chrono::steady_clock::time_point;

// Where time comes from. Whatever trades takes a Clock&, so that a back-test, a replay and a fault
// test run the real code at any speed. Any thread; must outlive its users.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time in UTC; may jump when the machine's clock is set.
  virtual Timestamp now() const = 0;
  // Never goes back; for deadlines and latencies.
  virtual SteadyTime steady_now() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  SteadyTime steady_now() const override;
};

// A clock that stands still until it is moved; for tests and back-tests. Any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = Timestamp::from_seconds(1'700'000'000))
      : now_ns_(start.ns()) {}

  Timestamp now() const override;
  SteadyTime steady_now() const override;

  // Both clocks go on by `step`.
  void advance(std::chrono::nanoseconds step);
  // Wall time jumps, also backwards; the steady clock does not notice.
  void set(Timestamp now);

 private:
  std::atomic<std::int64_t> now_ns_;
  std::atomic<std::int64_t> steady_ns_{0};
};

}  // namespace everbit

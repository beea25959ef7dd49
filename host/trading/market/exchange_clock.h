#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace everbit::trading {

// The exchange's time: the local monotonic clock plus an offset learned from the timestamps of its
// WebSocket messages (the median of the last 60 s). Candles close by it, so that a wrong or jumping
// clock of this machine moves no candle.
//
// Unknown until enough samples agree, and again when the offset jumps by more than 1 s; then
// candles close by REST alone. Any thread.
class ExchangeClock {
 public:
  explicit ExchangeClock(const Clock& clock) : clock_(clock) {}

  // A message stamped `exchange_time` has just arrived.
  void observe(Timestamp exchange_time);

  // Empty while the offset is unknown.
  std::optional<Timestamp> now() const;

  // The exchange's time if known, else this machine's.
  Timestamp now_or_local() const;

 private:
  struct Sample {
    SteadyTime at;
    std::chrono::nanoseconds offset;
  };

  void forget_before(SteadyTime oldest);
  std::chrono::nanoseconds median() const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Sample> samples_;
  std::optional<std::chrono::nanoseconds> offset_;
  std::size_t outliers_ = 0;
};

}  // namespace everbit::trading

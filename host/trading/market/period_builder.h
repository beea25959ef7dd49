#pragma once

#include "trading/market/candle.h"

namespace everbit::trading {

// Builds the candles of one longer timeframe from real signal candles: first open, highest high,
// lowest low, last close, summed volume. A whole period without one is filled. The period in which
// it was started counts only if it began there. One thread.
class PeriodBuilder {
 public:
  explicit PeriodBuilder(int length_s);

  // Before the first add: the open time of the first signal candle.
  void start(std::int64_t first_open);
  // A real signal candle within the current period.
  void add(const Candle& candle);
  // Called at each signal close in turn; `signal` is the candle that closes then, real or filled.
  // The finished candle if the period ends there and counts; valid until the next call.
  const Candle* close_at(std::int64_t close_time, const Candle& signal) {
    return close_time == end_ ? finish(signal) : nullptr;
  }

 private:
  const Candle* finish(const Candle& signal);

  int length_s_;
  std::int64_t end_ = 0;
  bool counts_ = false;  // the whole period lies within the data
  bool any_ = false;     // a real candle was added
  bool value_known_ = false;
  Candle building_{};
  Candle finished_{};
};

}  // namespace everbit::trading

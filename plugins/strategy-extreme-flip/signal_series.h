#pragma once

#include <limits>

#include "everbit/event.h"
#include "indicators.hpp"
#include "parameters.h"

namespace everbit::extreme_flip {

// The newest signal candle and the numbers that every decision looks at.
struct Snapshot {
  double high = 0, low = 0, close = 0, volume = 0;
  double previous_high = 0, previous_low = 0;
  bool known = false, has_previous = false;
  double rsi = kUndefined, ema = kUndefined, atr = kUndefined;
  double dev = kUndefined, previous_dev = kUndefined;

  // NaN: every comparison with it fails.
  static constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
};

// The indicators of the signal timeframe. What few candles need (bands, extremes, pivots, traded
// value) is worked out when it is asked for.
class SignalSeries {
 public:
  SignalSeries(const Parameters& parameters, int timeframe_s);

  void push(const eb_candle& candle);

  bool ready() const;
  const Snapshot& now() const { return now_; }
  eb::Bollinger::Bands bands() const { return bollinger_.bands(); }
  double bollinger_middle() const { return bollinger_.middle(); }
  double rolling_high() const { return rolling_high_.value(); }
  double mean_volume() const { return volume_.value(); }
  // Sum over the candles that closed in the last 24 hours; of fewer if there are no more yet.
  double traded_value_24h() const;

  bool oversold(const Extreme& row) const;
  bool overbought(const Extreme& row) const;
  bool buy_flip() const;
  bool sell_flip() const;
  // Of the newest candle, without the bonuses of a downtrend.
  double strength() const;
  bool bullish_divergence() const;

  void save(eb::StateWriter& out) const;
  void load(eb::StateReader& in);

 private:
  double deviation() const;

  const Parameters* parameters_;  // outlives the series
  eb::Ema ema_;
  eb::Rsi rsi_;
  eb::Atr atr_;
  eb::Bollinger bollinger_;
  eb::Sma volume_;
  eb::RollingHigh rolling_high_;
  eb::PivotLows pivots_;
  eb::Window rsi_history_;
  eb::Window traded_values_;
  Snapshot now_;
};

}  // namespace everbit::extreme_flip

#pragma once

#include <optional>

#include "indicators.hpp"
#include "parameters.h"

namespace everbit::extreme_flip {

// The indicators of the macro or the long timeframe. Fed at each of its closes; no look ahead.
class TrendSeries {
 public:
  explicit TrendSeries(const Parameters& parameters);

  void push(double high, double low, double close);

  // Nothing while the EMA or its slope is in warm-up.
  std::optional<Trend> trend() const { return trend_; }
  // NaN until it is defined, so that every comparison with it fails.
  double rsi() const;
  // (close - EMA) / ATR, 0 if the ATR is.
  double deviation() const;
  // close - EMA, and the ATR it is measured in.
  double distance() const;
  double atr() const;

  void save(eb::StateWriter& out) const;
  void load(eb::StateReader& in);

 private:
  std::optional<Trend> find_trend() const;

  eb::Ema fast_;
  eb::Rsi rsi_;
  eb::Atr atr_;
  eb::Ema slow_;
  eb::Window slow_values_;
  double close_ = 0;
  std::optional<Trend> trend_;  // of the values above
};

}  // namespace everbit::extreme_flip

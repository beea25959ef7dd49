#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "state.hpp"

// Streaming indicators in IEEE double. Each is fed once for each closed candle, in order, and is
// undefined (`ready()` false) until it has seen enough of them. Operations run in the order written
// here, so that two programs agree to the last bit; compile with -ffp-contract=off, as the
// everbit_sdk target does. A window is summed anew when it is asked: a running sum would drift with
// its history.
namespace eb {

// The last `capacity` numbers.
class Window {
 public:
  explicit Window(int capacity) : numbers_(static_cast<std::size_t>(capacity), 0.0) {}

  void push(double value) {
    numbers_[next_] = value;
    next_ = next_ + 1 == numbers_.size() ? 0 : next_ + 1;
    if (count_ < numbers_.size()) ++count_;
  }

  bool full() const { return count_ == numbers_.size(); }
  int size() const { return static_cast<int>(count_); }
  int capacity() const { return static_cast<int>(numbers_.size()); }

  // The number pushed `age` pushes before the newest; 0 <= age < size().
  double back(int age) const {
    const std::size_t distance = static_cast<std::size_t>(age) + 1;
    return numbers_[next_ >= distance ? next_ - distance : next_ + numbers_.size() - distance];
  }

  // Visits all, oldest first.
  template <class Visit>
  void each(Visit&& visit) const {
    const std::size_t first = full() ? next_ : 0;
    for (std::size_t i = first; i < count_; ++i) visit(numbers_[i]);
    for (std::size_t i = 0; i < first; ++i) visit(numbers_[i]);
  }

  double mean() const {
    double sum = 0;
    each([&](double value) { sum += value; });
    return sum / static_cast<double>(count_);
  }
  double highest() const {
    double best = -std::numeric_limits<double>::infinity();
    each([&](double value) { best = std::max(best, value); });
    return best;
  }
  double lowest() const {
    double best = std::numeric_limits<double>::infinity();
    each([&](double value) { best = std::min(best, value); });
    return best;
  }

  void save(StateWriter& out) const {
    out.u32(static_cast<std::uint32_t>(numbers_.size()));
    out.u32(static_cast<std::uint32_t>(count_));
    each([&](double value) { out.real(value); });
  }
  void load(StateReader& in) {
    in.expect_u32(static_cast<std::uint32_t>(numbers_.size()), "window");
    count_ = in.u32_at_most(static_cast<std::uint32_t>(numbers_.size()));
    for (std::size_t i = 0; i < count_; ++i) numbers_[i] = in.real_or_nan();
    next_ = count_ == numbers_.size() ? 0 : count_;
  }

 private:
  std::vector<double> numbers_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

// Exponential moving average: a = 2/(n+1), seeded by the mean of the first n closes.
class Ema {
 public:
  explicit Ema(int period) : period_(period), alpha_(2.0 / (period + 1)) {}

  void push(double close) {
    if (count_ >= period_) {
      value_ = alpha_ * close + (1.0 - alpha_) * value_;
      return;
    }
    value_ += close;
    if (++count_ == period_) value_ /= period_;
  }
  bool ready() const { return count_ >= period_; }
  double value() const { return value_; }

  void save(StateWriter& out) const {
    out.u32(static_cast<std::uint32_t>(period_));
    out.u32(static_cast<std::uint32_t>(count_));
    out.real(value_);
  }
  void load(StateReader& in) {
    in.expect_u32(static_cast<std::uint32_t>(period_), "EMA period");
    count_ = static_cast<int>(in.u32_at_most(static_cast<std::uint32_t>(period_)));
    value_ = in.real();
  }

 private:
  int period_;
  double alpha_;
  int count_ = 0;
  double value_ = 0;  // the sum of the first closes until the period is full
};

// Wilder's average: seeded by the mean of the first n, then ((n-1)·a + x)/n.
class WilderAverage {
 public:
  explicit WilderAverage(int period) : period_(period) {}

  void push(double x) {
    if (count_ >= period_) {
      value_ = ((period_ - 1) * value_ + x) / period_;
      return;
    }
    value_ += x;
    if (++count_ == period_) value_ /= period_;
  }
  bool ready() const { return count_ >= period_; }
  double value() const { return value_; }

  void save(StateWriter& out) const {
    out.u32(static_cast<std::uint32_t>(period_));
    out.u32(static_cast<std::uint32_t>(count_));
    out.real(value_);
  }
  void load(StateReader& in) {
    in.expect_u32(static_cast<std::uint32_t>(period_), "averaging period");
    count_ = static_cast<int>(in.u32_at_most(static_cast<std::uint32_t>(period_)));
    value_ = in.real();
  }

 private:
  int period_;
  int count_ = 0;
  double value_ = 0;
};

// The previous close, once there is one.
class PreviousClose {
 public:
  std::optional<double> replace(double close) {
    const std::optional<double> previous = known_ ? std::optional(close_) : std::nullopt;
    close_ = close;
    known_ = true;
    return previous;
  }
  void save(StateWriter& out) const {
    out.flag(known_);
    out.real(close_);
  }
  void load(StateReader& in) {
    known_ = in.flag();
    close_ = in.real();
  }

 private:
  bool known_ = false;
  double close_ = 0;
};

// Relative strength index after Wilder; first value at candle n+1. Both averages zero: 50.
class Rsi {
 public:
  explicit Rsi(int period) : gain_(period), loss_(period) {}

  void push(double close) {
    const auto previous = previous_.replace(close);
    if (!previous) return;
    const double change = close - *previous;
    gain_.push(change > 0 ? change : 0.0);
    loss_.push(change < 0 ? -change : 0.0);
  }
  bool ready() const { return gain_.ready(); }
  double value() const {
    const double gain = gain_.value();
    const double loss = loss_.value();
    return gain == 0 && loss == 0 ? 50.0 : 100.0 * gain / (gain + loss);
  }

  void save(StateWriter& out) const {
    previous_.save(out);
    gain_.save(out);
    loss_.save(out);
  }
  void load(StateReader& in) {
    previous_.load(in);
    gain_.load(in);
    loss_.load(in);
  }

 private:
  PreviousClose previous_;
  WilderAverage gain_;
  WilderAverage loss_;
};

// Average true range after Wilder; needs a previous close, so the first value is at candle n+1.
class Atr {
 public:
  explicit Atr(int period) : average_(period) {}

  void push(double high, double low, double close) {
    const auto previous = previous_.replace(close);
    if (!previous) return;
    average_.push(std::max({high - low, std::abs(high - *previous), std::abs(low - *previous)}));
  }
  bool ready() const { return average_.ready(); }
  double value() const { return average_.value(); }

  void save(StateWriter& out) const {
    previous_.save(out);
    average_.save(out);
  }
  void load(StateReader& in) {
    previous_.load(in);
    average_.load(in);
  }

 private:
  PreviousClose previous_;
  WilderAverage average_;
};

// Bollinger bands: mean and population deviation of the last n closes, k deviations wide. If all
// closes are equal the deviation is exactly 0.
class Bollinger {
 public:
  struct Bands {
    double down;
    double middle;
    double up;
    // Where a price lies between the bands; 0.5 if they meet.
    double percent_b(double price) const { return up == down ? 0.5 : (price - down) / (up - down); }
  };

  Bollinger(int period, double k) : closes_(period), k_(k) {}

  void push(double close) { closes_.push(close); }
  bool ready() const { return closes_.full(); }
  Bands bands() const {
    const double mean = closes_.mean();
    const double deviation = closes_.highest() == closes_.lowest() ? 0.0 : deviation_from(mean);
    return {mean - k_ * deviation, mean, mean + k_ * deviation};
  }
  double middle() const { return closes_.mean(); }

  void save(StateWriter& out) const { closes_.save(out); }
  void load(StateReader& in) { closes_.load(in); }

 private:
  double deviation_from(double mean) const {
    double squares = 0;
    closes_.each([&](double close) { squares += (close - mean) * (close - mean); });
    return std::sqrt(squares / closes_.size());
  }

  Window closes_;
  double k_;
};

// Mean of the last n numbers, the newest included.
class Sma {
 public:
  explicit Sma(int period) : window_(period) {}
  void push(double value) { window_.push(value); }
  bool ready() const { return window_.full(); }
  double value() const { return window_.mean(); }
  void save(StateWriter& out) const { window_.save(out); }
  void load(StateReader& in) { window_.load(in); }

 private:
  Window window_;
};

// Highest of the last n numbers, the newest included.
class RollingHigh {
 public:
  explicit RollingHigh(int period) : window_(period) {}
  void push(double value) { window_.push(value); }
  bool ready() const { return window_.full(); }
  double value() const { return window_.highest(); }
  void save(StateWriter& out) const { window_.save(out); }
  void load(StateReader& in) { window_.load(in); }

 private:
  Window window_;
};

// Lowest of the last n numbers, the newest included.
class RollingLow {
 public:
  explicit RollingLow(int period) : window_(period) {}
  void push(double value) { window_.push(value); }
  bool ready() const { return window_.full(); }
  double value() const { return window_.lowest(); }
  void save(StateWriter& out) const { window_.save(out); }
  void load(StateReader& in) { window_.load(in); }

 private:
  Window window_;
};

// Pivot lows: candles whose low is strictly below the lows of `wing` candles on either side, known
// `wing` candles later. Keeps what is needed to look `reach` candles back.
class PivotLows {
 public:
  PivotLows(int wing, int reach) : wing_(wing), reach_(reach), lows_(reach + wing + 1) {}

  void push(double low) { lows_.push(low); }

  // Ages (candles before the newest) of the two latest pivots, the older first; none if there are
  // fewer than two within reach.
  std::optional<std::pair<int, int>> latest_two() const {
    std::optional<int> newer;
    const int last = std::min(reach_, lows_.size() - 1 - wing_);
    for (int age = wing_; age <= last; ++age) {
      if (!is_pivot(age)) continue;
      if (newer) return std::pair(age, *newer);
      newer = age;
    }
    return std::nullopt;
  }
  double low(int age) const { return lows_.back(age); }

  void save(StateWriter& out) const {
    out.u32(static_cast<std::uint32_t>(wing_));
    lows_.save(out);
  }
  void load(StateReader& in) {
    in.expect_u32(static_cast<std::uint32_t>(wing_), "pivot wing");
    lows_.load(in);
  }

 private:
  bool is_pivot(int age) const {
    const double low = lows_.back(age);
    for (int i = 1; i <= wing_; ++i) {
      if (low >= lows_.back(age - i) || low >= lows_.back(age + i)) return false;
    }
    return true;
  }

  int wing_;
  int reach_;
  Window lows_;
};

}  // namespace eb

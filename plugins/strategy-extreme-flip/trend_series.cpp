#include "trend_series.h"

#include <limits>

namespace everbit::extreme_flip {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TrendSeries::TrendSeries(const Parameters& p)
    : fast_(p.ema_fast),
      rsi_(p.rsi_period),
      atr_(p.atr_period),
      slow_(p.regime_ema),
      slow_values_(p.slope_candles + 1) {}

void TrendSeries::push(double high, double low, double close) {
  close_ = close;
  fast_.push(close);
  rsi_.push(close);
  atr_.push(high, low, close);
  slow_.push(close);
  if (slow_.ready()) slow_values_.push(slow_.value());
  trend_ = find_trend();
}

std::optional<Trend> TrendSeries::find_trend() const {
  if (!slow_values_.full()) return std::nullopt;
  const double average = slow_values_.back(0);
  const double slope = average - slow_values_.back(slow_values_.capacity() - 1);
  if (close_ > average && slope > 0) return Trend::kUp;
  if (close_ < average && slope < 0) return Trend::kDown;
  return Trend::kFlat;
}

double TrendSeries::rsi() const { return rsi_.ready() ? rsi_.value() : kUndefined; }

double TrendSeries::atr() const { return atr_.ready() ? atr_.value() : kUndefined; }

double TrendSeries::distance() const { return fast_.ready() ? close_ - fast_.value() : kUndefined; }

double TrendSeries::deviation() const {
  const double range = atr();
  return range == 0 ? 0.0 : distance() / range;
}

void TrendSeries::save(eb::StateWriter& out) const {
  fast_.save(out);
  rsi_.save(out);
  atr_.save(out);
  slow_.save(out);
  slow_values_.save(out);
  out.real(close_);
}

void TrendSeries::load(eb::StateReader& in) {
  fast_.load(in);
  rsi_.load(in);
  atr_.load(in);
  slow_.load(in);
  slow_values_.load(in);
  close_ = in.real();
  trend_ = find_trend();
}

}  // namespace everbit::extreme_flip

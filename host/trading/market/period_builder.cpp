#include "trading/market/period_builder.h"

#include <stdexcept>

namespace everbit::trading {
namespace {

eb_dec sum_of(eb_dec a, eb_dec b) {
  eb_dec sum{0, 0};
  if (eb_dec_add(a, b, &sum) != EB_OK) throw std::overflow_error("a candle's sum of volumes");
  return sum;
}

double nearest(eb_dec value) { return from_abi(value).value().to_double(); }

}  // namespace

PeriodBuilder::PeriodBuilder(int length_s) : length_s_(length_s) {}

void PeriodBuilder::start(std::int64_t first_open) {
  const std::int64_t begin = period_start(first_open, length_s_);
  end_ = begin + length_s_ * kNanosecondsPerSecond;
  counts_ = begin == first_open;
  any_ = false;
}

void PeriodBuilder::add(const Candle& candle) {
  const bool value_known = (candle.flags & EB_CANDLE_VALUE_KNOWN) != 0;
  if (!any_) {
    any_ = true;
    value_known_ = value_known;
    building_ = candle;
    return;
  }
  if (eb_dec_compare(candle.high, building_.high) > 0) {
    building_.high = candle.high;
    building_.high_f = candle.high_f;
  }
  if (eb_dec_compare(candle.low, building_.low) < 0) {
    building_.low = candle.low;
    building_.low_f = candle.low_f;
  }
  building_.close = candle.close;
  building_.close_f = candle.close_f;
  building_.volume = sum_of(building_.volume, candle.volume);
  value_known_ = value_known_ && value_known;
  if (value_known_) building_.value = sum_of(building_.value, candle.value);
}

const Candle* PeriodBuilder::finish(const Candle& signal) {
  const std::int64_t length = length_s_ * kNanosecondsPerSecond;
  const std::int64_t begin = end_ - length;
  const bool counts = counts_;
  if (counts) {
    if (any_) {
      finished_ = building_;
      finished_.open_time = begin;
      finished_.close_time = end_;
      finished_.timeframe_s = length_s_;
      finished_.flags = value_known_ ? EB_CANDLE_VALUE_KNOWN : 0U;
      finished_.value = value_known_ ? building_.value : eb_dec{0, 0};
      finished_.volume_f = nearest(finished_.volume);
      finished_.value_f = nearest(finished_.value);
    } else {
      finished_ = fill_candle(begin, length_s_, signal.close, signal.close_f);
    }
  }
  end_ += length;
  counts_ = true;
  any_ = false;
  return counts ? &finished_ : nullptr;
}

}  // namespace everbit::trading

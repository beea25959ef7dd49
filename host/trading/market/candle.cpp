#include "trading/market/candle.h"

namespace everbit::trading {
namespace {

constexpr int kSecondsOfWeek = 7 * 86'400;
constexpr std::int64_t kFirstMonday = 4 * 86'400 * kNanosecondsPerSecond;  // 1970-01-05

}  // namespace

std::int64_t period_start(std::int64_t time, int length_s) {
  const std::int64_t length = length_s * kNanosecondsPerSecond;
  const std::int64_t origin = length_s % kSecondsOfWeek == 0 ? kFirstMonday : 0;
  const std::int64_t into = (time - origin) % length;
  return time - (into < 0 ? into + length : into);
}

Candle make_candle(std::int64_t open_time, int timeframe_s, Decimal open, Decimal high, Decimal low,
                   Decimal close, Decimal volume, std::optional<Decimal> value) {
  Candle candle{};
  candle.open_time = open_time;
  candle.close_time = open_time + timeframe_s * kNanosecondsPerSecond;
  candle.timeframe_s = timeframe_s;
  candle.open = to_abi(open);
  candle.high = to_abi(high);
  candle.low = to_abi(low);
  candle.close = to_abi(close);
  candle.volume = to_abi(volume);
  candle.open_f = open.to_double();
  candle.high_f = high.to_double();
  candle.low_f = low.to_double();
  candle.close_f = close.to_double();
  candle.volume_f = volume.to_double();
  if (value) {
    candle.flags |= EB_CANDLE_VALUE_KNOWN;
    candle.value = to_abi(*value);
    candle.value_f = value->to_double();
  }
  return candle;
}

Candle fill_candle(std::int64_t open_time, int timeframe_s, eb_dec close, double close_f) {
  Candle candle{};
  candle.open_time = open_time;
  candle.close_time = open_time + timeframe_s * kNanosecondsPerSecond;
  candle.timeframe_s = timeframe_s;
  candle.flags = EB_CANDLE_FILLED | EB_CANDLE_VALUE_KNOWN;
  candle.open = candle.high = candle.low = candle.close = close;
  candle.open_f = candle.high_f = candle.low_f = candle.close_f = close_f;
  return candle;
}

}  // namespace everbit::trading

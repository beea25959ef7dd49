#include "mock/candle.h"

#include "base/decimal.h"

namespace everbit::mock {

eb_dec dec(std::string_view text) {
  const Decimal value = Decimal::of(text);
  return {value.low_word(), value.high_word()};
}

double to_double(eb_dec value) {
  return Decimal::from_words(value.lo, value.hi).value().to_double();
}

std::string to_text(eb_dec value) {
  return Decimal::from_words(value.lo, value.hi).value().to_string();
}

Candle Candle::flat(eb_ts open_time, std::int32_t timeframe_s, std::string price) {
  Candle candle;
  candle.open_time = open_time;
  candle.timeframe_s = timeframe_s;
  candle.open = candle.high = candle.low = candle.close = std::move(price);
  return candle;
}

}  // namespace everbit::mock

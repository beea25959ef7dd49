#include "backtest/candle_source.h"

namespace everbit::backtest {

Result<std::vector<Candle>> MemoryCandleSource::read_all(CandleSource& source) {
  std::vector<Candle> candles;
  Candle candle{};
  for (;;) {
    const auto more = source.next(candle);
    if (!more) return more.error();
    if (!*more) return candles;
    candles.push_back(candle);
  }
}

}  // namespace everbit::backtest

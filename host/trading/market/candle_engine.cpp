#include "trading/market/candle_engine.h"

namespace everbit::trading {

CandleEngine::CandleEngine(Timeframes timeframes)
    : timeframes_(timeframes), macro_(timeframes.macro_s), long_(timeframes.long_s) {}

CandleFault CandleEngine::check(const Candle& candle) const {
  if (candle.timeframe_s != timeframes_.signal_s) return CandleFault::kTimeframe;
  if (started() && candle.open_time == next_open_) return CandleFault::kNone;
  if (period_start(candle.open_time, timeframes_.signal_s) != candle.open_time) {
    return CandleFault::kGrid;
  }
  return started() && candle.open_time < next_open_ ? CandleFault::kOrder : CandleFault::kNone;
}

void CandleEngine::start(std::int64_t open_time) {
  next_open_ = open_time;
  macro_.start(open_time);
  long_.start(open_time);
}

}  // namespace everbit::trading

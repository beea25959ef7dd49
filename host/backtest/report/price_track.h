#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "backtest/candle_source.h"

namespace everbit::backtest::report {

// One column of a chart: what the price did in a stretch of time.
struct PricePoint {
  std::int64_t time = 0;  // close of its last candle
  double low = 0;
  double high = 0;
  double close = 0;
};

// A market's candles in so few points that a chart can show them; lows and highs are kept. Reads
// the source once, in constant memory. Candles that open before `from` or close after `to` are left
// out.
Result<std::vector<PricePoint>> price_track(CandleSource& source, std::int64_t from,
                                            std::int64_t to);

}  // namespace everbit::backtest::report

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "candles/candle_table.h"
#include "candles/coverage.h"

namespace everbit::candles {

// A stored candle that cannot be true.
struct BrokenCandle {
  Timestamp open_time;
  std::string why;  // OFF_GRID, HIGH_BELOW_PRICE, LOW_ABOVE_PRICE
};

// Periods without a candle and what was noted about them while we were live.
struct NotedGap {
  Range range;
  std::string cause;
};

// What the cache holds of a series and what is wrong with it.
struct Audit {
  Series series;
  Range range;  // looked at: whole periods
  std::int64_t rows = 0;
  Coverage coverage;
  std::vector<NotedGap> noted;
  std::vector<BrokenCandle> broken;  // at most the first 100
  std::int64_t corrections = 0;      // candles that were replaced by another one

  bool is_sound() const { return coverage.missing.empty() && broken.empty(); }
};

// Looks a series through, by default from its first candle to its last. The table's key already
// forbids a second candle of a period, and its checks a price that is not above 0. Codes:
// CANDLES_NONE, those of the store.
Result<Audit> audit(store::Pool& pool, const Series& series, std::optional<Timestamp> from,
                    std::optional<Timestamp> to, Deadline deadline);

}  // namespace everbit::candles

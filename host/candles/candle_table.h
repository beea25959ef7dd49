#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "candles/series.h"
#include "store/transaction.h"
#include "trading/market/candle.h"

namespace everbit::candles {

using trading::Candle;

// What becomes of a stored candle that another one contradicts.
enum class Contradicted {
  kRefuse,   // nothing is written: error CANDLES_DIFFER naming the first
  kReplace,  // the new one is stored, both are kept in candle_correction
};

struct PutCounts {
  std::int64_t added = 0;
  std::int64_t replaced = 0;
  std::int64_t same = 0;

  PutCounts& operator+=(const PutCounts& other);
};

// Writes real candles, in order of time, into the cache. A traded value that was not known is
// filled in; one that is known does not become unknown. A period that had been kept as without a
// trade and has a candle after all is so no longer.
Result<PutCounts> put_candles(store::Transaction& tx, const Series& series,
                              std::span<const Candle> candles, std::string_view source,
                              Timestamp seen_at, Contradicted contradicted);

// Of the periods of the range that are kept as without a trade, forgets those stretches that hold a
// candle.
Result<void> end_false_silences(store::Transaction& tx, const Series& series, Range range);

// The stored candles with open time in the range, in order of time, the first `most`.
Result<std::vector<Candle>> read_candles(store::Pool& pool, const Series& series, Range range,
                                         std::size_t most, Deadline deadline);

// What is stored of a series.
struct Extent {
  std::int64_t rows = 0;
  Timestamp first_open;
  Timestamp last_open;
};
// Empty when nothing is.
Result<std::optional<Extent>> extent_of(store::Pool& pool, const Series& series, Deadline deadline);
// Every series with a candle, by market and length.
Result<std::vector<Series>> stored_series(store::Pool& pool, Deadline deadline);

}  // namespace everbit::candles

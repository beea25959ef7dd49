#pragma once

#include <filesystem>
#include <functional>

#include "base/clock.h"
#include "candles/candle_table.h"

namespace everbit::candles {

struct ImportOptions {
  Contradicted contradicted = Contradicted::kRefuse;
  // The file is whole: what it lacks between its first and its last candle is without a trade, not
  // missing.
  bool complete = false;
};

struct ImportReport {
  PutCounts counts;
  Range range;                // from the first candle's open to the last one's close
  std::int64_t silences = 0;  // stretches kept as without a trade
};

// Puts a CSV file, plain or gzip, into the cache: the whole of it or, whatever is wrong, nothing.
// `told` hears how much of the file is read, 0 to 1. Codes: CANDLES_CSV and CANDLES_DIFFER, both
// naming file and line, those of the store.
Result<ImportReport> import_csv(store::Pool& pool, const Clock& clock, const Series& series,
                                const std::filesystem::path& file, const ImportOptions& options,
                                const std::function<void(double)>& told);

}  // namespace everbit::candles

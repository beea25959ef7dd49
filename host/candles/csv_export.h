#pragma once

#include <filesystem>

#include "candles/candle_table.h"

namespace everbit::candles {

// Writes the stored candles of a range as CSV, ascending, in the form that import reads:
//
//   candle_time_utc,open,high,low,close,volume[,value]
//
// The column `value` is there when it is known of any candle, and empty where it is not. The same
// candles give the same bytes. A name that ends in .gz is written compressed; "-" is standard
// output. The file appears whole or not at all. Returns the rows. Codes: CANDLES_NONE, FILE_WRITE,
// those of the store.
Result<std::int64_t> export_csv(store::Pool& pool, const Series& series, Range range,
                                const std::filesystem::path& file);

}  // namespace everbit::candles

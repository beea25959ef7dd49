#pragma once

#include <vector>

#include "candles/series.h"
#include "store/pool.h"

namespace everbit::candles {

// What is known of a range: periods are there, known to be without a trade, or missing. Each list
// is in order of time, of whole periods that lie side by side.
struct Coverage {
  std::vector<Range> silent;
  std::vector<Range> missing;
};

// `range` is of whole periods. Codes: those of store/errors.h.
Result<Coverage> coverage_of(store::Pool& pool, const Series& series, Range range,
                             Deadline deadline);

// How many periods of the series lie in the ranges.
std::int64_t periods_of(const Series& series, const std::vector<Range>& ranges);

}  // namespace everbit::candles

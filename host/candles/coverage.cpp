#include "candles/coverage.h"

#include <algorithm>

namespace everbit::candles {
namespace {

using store::Sql;

// Where no candle is: between the end of one and the open of the next.
constexpr Sql kHoles{R"sql(
  SELECT before, open FROM (
    SELECT open, coalesce(lag(open) OVER (ORDER BY open) + make_interval(secs => $5), $3) AS before
    FROM (SELECT candle_time AS open FROM candle_cache
          WHERE market = $1 AND timeframe = $2 AND candle_time >= $3 AND candle_time < $4
          UNION ALL SELECT $4::timestamptz) opens) steps
  WHERE open > before ORDER BY open)sql"};

constexpr Sql kSilences{R"sql(
  SELECT greatest(from_time, $3), least(to_time, $4) FROM candle_gap
  WHERE market = $1 AND timeframe = $2 AND cause = 'NO_TRADE' AND from_time < $4 AND to_time > $3
  ORDER BY 1)sql"};

std::vector<Range> ranges_of(const store::Rows& rows) {
  std::vector<Range> ranges;
  for (const store::Row row : rows) {
    ranges.push_back({row.get<Timestamp>(0), row.get<Timestamp>(1)});
  }
  return ranges;
}

// Splits a hole by the silences in it; both lists are in order.
void split(const Range& hole, const std::vector<Range>& silences, Coverage& coverage) {
  Timestamp at = hole.from;
  for (const Range& silence : silences) {
    const Range part{std::max(silence.from, at), std::min(silence.to, hole.to)};
    if (part.empty()) continue;
    if (at < part.from) coverage.missing.push_back({at, part.from});
    coverage.silent.push_back(part);
    at = part.to;
  }
  if (at < hole.to) coverage.missing.push_back({at, hole.to});
}

}  // namespace

Result<Coverage> coverage_of(store::Pool& pool, const Series& series, Range range,
                             Deadline deadline) {
  Coverage coverage;
  if (range.empty()) return coverage;
  const std::string timeframe = series.timeframe();
  auto holes = pool.exec(deadline, kHoles, series.market, timeframe, range.from, range.to,
                         static_cast<double>(series.timeframe_s));
  if (!holes) return holes.error();
  auto silences = pool.exec(deadline, kSilences, series.market, timeframe, range.from, range.to);
  if (!silences) return silences.error();
  const std::vector<Range> silent = ranges_of(*silences);
  for (const Range& hole : ranges_of(*holes)) split(hole, silent, coverage);
  return coverage;
}

std::int64_t periods_of(const Series& series, const std::vector<Range>& ranges) {
  std::int64_t periods = 0;
  for (const Range& range : ranges) periods += (range.to - range.from) / series.period();
  return periods;
}

}  // namespace everbit::candles

#include "candles/audit.h"

#include "trading/market/candle.h"

namespace everbit::candles {
namespace {

using store::Sql;

// $5: a moment on the grid.
constexpr Sql kBroken{R"sql(
  SELECT candle_time,
         CASE WHEN mod(extract(epoch FROM candle_time - $5), $6::numeric) <> 0 THEN 'OFF_GRID'
              WHEN high_price < greatest(open_price, close_price, low_price) THEN 'HIGH_BELOW_PRICE'
              ELSE 'LOW_ABOVE_PRICE' END
  FROM candle_cache
  WHERE market = $1 AND timeframe = $2 AND candle_time >= $3 AND candle_time < $4
    AND (mod(extract(epoch FROM candle_time - $5), $6::numeric) <> 0
         OR high_price < greatest(open_price, close_price, low_price)
         OR low_price > least(open_price, close_price))
  ORDER BY candle_time LIMIT 100)sql"};

constexpr Sql kRows{R"sql(
  SELECT count(*) FROM candle_cache
  WHERE market = $1 AND timeframe = $2 AND candle_time >= $3 AND candle_time < $4)sql"};

constexpr Sql kNoted{R"sql(
  SELECT from_time, to_time, cause FROM candle_gap
  WHERE market = $1 AND timeframe = $2 AND cause <> 'NO_TRADE' AND from_time < $4 AND to_time > $3
  ORDER BY from_time LIMIT 1000)sql"};

constexpr Sql kCorrections{R"sql(
  SELECT count(*) FROM candle_correction
  WHERE market = $1 AND timeframe = $2 AND candle_time >= $3 AND candle_time < $4)sql"};

}  // namespace

Result<Audit> audit(store::Pool& pool, const Series& series, std::optional<Timestamp> from,
                    std::optional<Timestamp> to, Deadline deadline) {
  const auto extent = extent_of(pool, series, deadline);
  if (!extent) return extent.error();
  if (!*extent) return Error("CANDLES_NONE", "no candle is stored", series.name());
  Audit report;
  report.series = series;
  report.range = whole_periods(series, {from.value_or((*extent)->first_open),
                                        to.value_or((*extent)->last_open + series.period())});
  const std::string timeframe = series.timeframe();
  const Range& range = report.range;
  auto rows = pool.exec(deadline, kRows, series.market, timeframe, range.from, range.to);
  if (!rows) return rows.error();
  report.rows = rows->front().get<std::int64_t>(0);
  auto coverage = coverage_of(pool, series, range, deadline);
  if (!coverage) return coverage.error();
  report.coverage = std::move(*coverage);

  auto noted = pool.exec(deadline, kNoted, series.market, timeframe, range.from, range.to);
  if (!noted) return noted.error();
  for (const store::Row row : *noted) {
    report.noted.push_back(
        {{row.get<Timestamp>(0), row.get<Timestamp>(1)}, row.get<std::string>(2)});
  }
  const auto on_grid =
      Timestamp::from_ns(trading::period_start(range.from.ns(), series.timeframe_s));
  auto broken = pool.exec(deadline, kBroken, series.market, timeframe, range.from, range.to,
                          on_grid, series.timeframe_s);
  if (!broken) return broken.error();
  for (const store::Row row : *broken) {
    report.broken.push_back({row.get<Timestamp>(0), row.get<std::string>(1)});
  }
  auto corrections =
      pool.exec(deadline, kCorrections, series.market, timeframe, range.from, range.to);
  if (!corrections) return corrections.error();
  report.corrections = corrections->front().get<std::int64_t>(0);
  return report;
}

}  // namespace everbit::candles

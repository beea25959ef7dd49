#include "candles/candle_table.h"

#include <algorithm>
#include <array>

#include "base/abi_decimal.h"

namespace everbit::candles {
namespace {

using store::Sql;

// $3 to $9: the columns of what is given; a traded value that is not known is an empty text. The
// lateral look-ups, with their LIMIT, leave the planner no choice but the key's index: on a table
// that was never analysed it took every candle of the series for one row and joined by brute force.
constexpr Sql kFirstDifference{R"sql(
  WITH given AS (
    SELECT t, o, h, l, c, v, nullif(w, '')::numeric AS w
    FROM unnest($3::timestamptz[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
                $8::numeric[], $9::text[]) AS g (t, o, h, l, c, v, w))
  SELECT k.candle_time FROM given g
  CROSS JOIN LATERAL (
    SELECT * FROM candle_cache c
    WHERE c.market = $1 AND c.timeframe = $2 AND c.candle_time = g.t LIMIT 1) k
  WHERE (k.open_price, k.high_price, k.low_price, k.close_price, k.volume) <> (g.o, g.h, g.l, g.c, g.v)
     OR (k.value IS NOT NULL AND g.w IS NOT NULL AND k.value <> g.w)
  ORDER BY k.candle_time LIMIT 1)sql"};

// All parts see the table as it was before. Of a candle that is the same only an unknown value is
// filled in.
constexpr Sql kPut{R"sql(
  WITH given AS (
    SELECT t, o, h, l, c, v, nullif(w, '')::numeric AS w
    FROM unnest($3::timestamptz[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
                $8::numeric[], $9::text[]) AS g (t, o, h, l, c, v, w)),
  corrected AS (
    INSERT INTO candle_correction (market, timeframe, candle_time, before_json, after_json, seen_at)
    SELECT $1, $2, g.t,
           jsonb_build_object(
             'open', trim_scale(k.open_price)::text, 'high', trim_scale(k.high_price)::text,
             'low', trim_scale(k.low_price)::text, 'close', trim_scale(k.close_price)::text,
             'volume', trim_scale(k.volume)::text, 'value', trim_scale(k.value)::text),
           jsonb_build_object(
             'open', trim_scale(g.o)::text, 'high', trim_scale(g.h)::text,
             'low', trim_scale(g.l)::text, 'close', trim_scale(g.c)::text,
             'volume', trim_scale(g.v)::text, 'value', trim_scale(coalesce(g.w, k.value))::text),
           $10::timestamptz
    FROM given g
    CROSS JOIN LATERAL (
      SELECT * FROM candle_cache c
      WHERE c.market = $1 AND c.timeframe = $2 AND c.candle_time = g.t LIMIT 1) k
    WHERE (k.open_price, k.high_price, k.low_price, k.close_price, k.volume) <> (g.o, g.h, g.l, g.c, g.v)
       OR (k.value IS NOT NULL AND g.w IS NOT NULL AND k.value <> g.w)
    RETURNING 1),
  put AS (
    INSERT INTO candle_cache AS k (market, timeframe, candle_time, open_price, high_price, low_price,
                                   close_price, volume, value, source, fetched_at)
    SELECT $1, $2, t, o, h, l, c, v, w, $11, $10::timestamptz FROM given
    ON CONFLICT (market, timeframe, candle_time) DO UPDATE
    SET open_price = excluded.open_price, high_price = excluded.high_price,
        low_price = excluded.low_price, close_price = excluded.close_price, volume = excluded.volume,
        value = coalesce(excluded.value, k.value), source = excluded.source,
        fetched_at = excluded.fetched_at
    WHERE (k.open_price, k.high_price, k.low_price, k.close_price, k.volume)
            <> (excluded.open_price, excluded.high_price, excluded.low_price, excluded.close_price,
                excluded.volume)
       OR (excluded.value IS NOT NULL AND k.value IS DISTINCT FROM excluded.value)
    RETURNING xmax = 0 AS is_new)
  SELECT (SELECT count(*) FROM put WHERE is_new), (SELECT count(*) FROM corrected))sql"};

constexpr Sql kEndSilence{R"sql(
  DELETE FROM candle_gap
  WHERE market = $1 AND timeframe = $2 AND cause = 'NO_TRADE' AND from_time < $4 AND to_time > $3
    AND EXISTS (SELECT FROM candle_cache c
                WHERE c.market = $1 AND c.timeframe = $2 AND c.candle_time >= from_time
                  AND c.candle_time < to_time))sql"};

constexpr Sql kRead{R"sql(
  SELECT candle_time, open_price, high_price, low_price, close_price, volume, value
  FROM candle_cache
  WHERE market = $1 AND timeframe = $2 AND candle_time >= $3 AND candle_time < $4
  ORDER BY candle_time LIMIT $5)sql"};

constexpr Sql kExtent{R"sql(
  SELECT count(*), min(candle_time), max(candle_time) FROM candle_cache
  WHERE market = $1 AND timeframe = $2)sql"};

// One step of the index for each series, however many candles it has.
constexpr Sql kSeries{R"sql(
  WITH RECURSIVE found AS (
    (SELECT market, timeframe FROM candle_cache ORDER BY market, timeframe LIMIT 1)
    UNION ALL
    (SELECT n.market, n.timeframe FROM found f CROSS JOIN LATERAL (
       SELECT c.market, c.timeframe FROM candle_cache c
       WHERE (c.market, c.timeframe) > (f.market, f.timeframe)
       ORDER BY c.market, c.timeframe LIMIT 1) n))
  SELECT market, timeframe FROM found)sql"};

// The columns of the candles, as arrays.
struct Columns {
  std::vector<std::string> time;
  std::array<std::vector<std::string>, 5> numbers;
  std::vector<std::string> value;

  explicit Columns(std::span<const Candle> candles) {
    for (const Candle& candle : candles) {
      time.push_back(Timestamp::from_ns(candle.open_time).to_iso());
      const std::array exact{candle.open, candle.high, candle.low, candle.close, candle.volume};
      for (std::size_t i = 0; i < exact.size(); ++i) {
        numbers[i].push_back(from_abi(exact[i]).value().to_string());
      }
      const bool known = (candle.flags & EB_CANDLE_VALUE_KNOWN) != 0;
      value.push_back(known ? from_abi(candle.value).value().to_string() : "");
    }
  }
};

Candle candle_of(const store::Row& row, int timeframe_s) {
  const auto [time, open, high, low, close, volume, value] =
      row.as<Timestamp, Decimal, Decimal, Decimal, Decimal, Decimal, std::optional<Decimal>>();
  return trading::make_candle(time.ns(), timeframe_s, open, high, low, close, volume, value);
}

}  // namespace

PutCounts& PutCounts::operator+=(const PutCounts& other) {
  added += other.added;
  replaced += other.replaced;
  same += other.same;
  return *this;
}

Result<PutCounts> put_candles(store::Transaction& tx, const Series& series,
                              std::span<const Candle> candles, std::string_view source,
                              Timestamp seen_at, Contradicted contradicted) {
  PutCounts counts;
  if (candles.empty()) return counts;
  const Columns given(candles);
  const std::string timeframe = series.timeframe();
  const auto& n = given.numbers;
  if (contradicted == Contradicted::kRefuse) {
    auto first = tx.exec(kFirstDifference, series.market, timeframe, given.time, n[0], n[1], n[2],
                         n[3], n[4], given.value);
    if (!first) return first.error();
    if (!first->empty()) {
      return Error("CANDLES_DIFFER",
                   "another candle is stored for " + first->front().get<Timestamp>(0).to_iso(),
                   series.name());
    }
  }
  auto put = tx.exec(kPut, series.market, timeframe, given.time, n[0], n[1], n[2], n[3], n[4],
                     given.value, seen_at, source);
  if (!put) return put.error();
  counts.added = put->front().get<std::int64_t>(0);
  counts.replaced = put->front().get<std::int64_t>(1);
  counts.same = static_cast<std::int64_t>(candles.size()) - counts.added - counts.replaced;
  auto ended = end_false_silences(tx, series,
                                  {Timestamp::from_ns(candles.front().open_time),
                                   Timestamp::from_ns(candles.back().close_time)});
  if (!ended) return ended.error();
  return counts;
}

Result<void> end_false_silences(store::Transaction& tx, const Series& series, Range range) {
  auto ended = tx.exec(kEndSilence, series.market, series.timeframe(), range.from, range.to);
  if (!ended) return ended.error();
  return {};
}

Result<std::vector<Candle>> read_candles(store::Pool& pool, const Series& series, Range range,
                                         std::size_t most, Deadline deadline) {
  auto rows = pool.exec(deadline, kRead, series.market, series.timeframe(), range.from, range.to,
                        static_cast<std::int64_t>(most));
  if (!rows) return rows.error();
  std::vector<Candle> candles;
  candles.reserve(rows->size());
  for (const store::Row row : *rows) candles.push_back(candle_of(row, series.timeframe_s));
  return candles;
}

Result<std::optional<Extent>> extent_of(store::Pool& pool, const Series& series,
                                        Deadline deadline) {
  auto rows = pool.exec(deadline, kExtent, series.market, series.timeframe());
  if (!rows) return rows.error();
  const store::Row row = rows->front();
  const auto count = row.get<std::int64_t>(0);
  if (count == 0) return std::optional<Extent>();
  return std::optional(Extent{count, row.get<Timestamp>(1), row.get<Timestamp>(2)});
}

Result<std::vector<Series>> stored_series(store::Pool& pool, Deadline deadline) {
  auto rows = pool.exec(deadline, kSeries);
  if (!rows) return rows.error();
  std::vector<Series> all;
  for (const store::Row row : *rows) {
    auto series = make_series(row.text(0), row.text(1));
    if (!series) return series.error();
    all.push_back(std::move(*series));
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace everbit::candles

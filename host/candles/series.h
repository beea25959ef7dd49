#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/timestamp.h"

namespace everbit::candles {

// The candles of one market and length. A value.
struct Series {
  std::string market;
  int timeframe_s = 0;

  // As in the database: "15m", "240m", "1d", "1w".
  std::string timeframe() const;
  std::chrono::seconds period() const { return std::chrono::seconds(timeframe_s); }
  // "KRW-BTC 15m"
  std::string name() const { return market + " " + timeframe(); }

  auto operator<=>(const Series&) const = default;
};

// From `from` up to, but not including, `to`.
struct Range {
  Timestamp from;
  Timestamp to;

  bool empty() const { return to <= from; }
  bool operator==(const Range&) const = default;
};

// Code CANDLES_REQUEST, naming the field: a market like KRW-BTC, a timeframe that the exchange has.
Result<Series> make_series(std::string_view market, std::string_view timeframe);

// The largest range of whole periods within `range`.
Range whole_periods(const Series& series, Range range);

}  // namespace everbit::candles

#include "candles/series.h"

#include <algorithm>
#include <array>

#include "config/timeframe.h"
#include "trading/market/candle.h"

namespace everbit::candles {
namespace {

constexpr int kMinute = 60;
constexpr int kDay = 86'400;
constexpr int kWeek = 7 * kDay;
constexpr std::array kLengths{1 * kMinute,  3 * kMinute,  5 * kMinute,   10 * kMinute, 15 * kMinute,
                              30 * kMinute, 60 * kMinute, 240 * kMinute, kDay,         kWeek};

bool is_code(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::string Series::timeframe() const {
  if (timeframe_s % kWeek == 0) return std::to_string(timeframe_s / kWeek) + "w";
  if (timeframe_s % kDay == 0) return std::to_string(timeframe_s / kDay) + "d";
  return std::to_string(timeframe_s / kMinute) + "m";
}

Result<Series> make_series(std::string_view market, std::string_view timeframe) {
  const std::size_t dash = market.find('-');
  if (dash == std::string_view::npos || !is_code(market.substr(0, dash), 10) ||
      !is_code(market.substr(dash + 1), 15)) {
    return Error("CANDLES_REQUEST", "a market like KRW-BTC, not " + std::string(market), "market");
  }
  const auto parsed = config::Timeframe::parse(timeframe);
  const bool known =
      parsed && std::ranges::find(kLengths, parsed->length().count()) != kLengths.end();
  if (!known) {
    return Error("CANDLES_REQUEST",
                 "1m, 3m, 5m, 10m, 15m, 30m, 60m, 240m, 1d or 1w, not " + std::string(timeframe),
                 "timeframe");
  }
  return Series{std::string(market), static_cast<int>(parsed->length().count())};
}

Range whole_periods(const Series& series, Range range) {
  const auto start = [&](Timestamp time) {
    return Timestamp::from_ns(trading::period_start(time.ns(), series.timeframe_s));
  };
  Timestamp from = start(range.from);
  if (from < range.from) from = from + series.period();
  return {from, std::max(from, start(range.to))};
}

}  // namespace everbit::candles

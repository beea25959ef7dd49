#include "backtest/report/price_track.h"

#include <algorithm>

namespace everbit::backtest::report {
namespace {

constexpr std::int64_t kColumns = 700;

}  // namespace

Result<std::vector<PricePoint>> price_track(CandleSource& source, std::int64_t from,
                                            std::int64_t to) {
  std::vector<PricePoint> track;
  const std::int64_t width = std::max<std::int64_t>((to - from) / kColumns, 1);
  std::int64_t column = -1;
  Candle candle{};
  for (;;) {
    const auto more = source.next(candle);
    if (!more) return more.error();
    if (!*more) return track;
    if (candle.open_time < from || candle.close_time > to) continue;
    const std::int64_t at = (candle.open_time - from) / width;
    if (at != column) {
      column = at;
      track.push_back({candle.close_time, candle.low_f, candle.high_f, candle.close_f});
      continue;
    }
    PricePoint& point = track.back();
    point.time = candle.close_time;
    point.low = std::min(point.low, candle.low_f);
    point.high = std::max(point.high, candle.high_f);
    point.close = candle.close_f;
  }
}

}  // namespace everbit::backtest::report

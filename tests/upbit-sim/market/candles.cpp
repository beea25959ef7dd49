#include "upbit-sim/market/candles.h"

#include <algorithm>
#include <array>

namespace everbit::upbit_sim {
namespace {

constexpr std::array<Millis, kUnitCount> kLengths{
    kSecond,      kMinute,   3 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
    60 * kMinute, 4 * kHour, kDay,        7 * kDay,    28 * kDay,    365 * kDay};

constexpr std::size_t kMaxCandles = 70'000;  // 48 days of minutes

bool divides(Unit inner, Unit outer) {
  if (inner > outer) return false;
  if (outer >= Unit::kWeek) return inner <= Unit::k1d;
  return nominal_length(outer) % nominal_length(inner) == 0;
}

}  // namespace

Decimal from_e16(Int128 value) {
  constexpr std::int64_t kOne = 10'000'000'000'000'000;
  const auto whole = static_cast<std::int64_t>(value / kOne);
  const auto rest = static_cast<std::int64_t>(value % kOne);
  return Decimal(whole) + Decimal::from_scaled(rest, 16);
}

Millis nominal_length(Unit unit) { return kLengths[static_cast<std::size_t>(unit)]; }

Millis start_of(Unit unit, Millis time) {
  switch (unit) {
    case Unit::kWeek:
      return start_of_week(time);
    case Unit::kMonth:
      return start_of_month(time);
    case Unit::kYear:
      return start_of_year(time);
    default:
      return time - time % nominal_length(unit);
  }
}

std::optional<Unit> unit_of_length(Millis length) {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Unit::k1d); ++i) {
    if (kLengths[i] == length) return static_cast<Unit>(i);
  }
  return std::nullopt;
}

std::optional<Unit> minute_unit(std::int64_t minutes) {
  if (minutes < 1 || minutes > 240) return std::nullopt;
  return unit_of_length(minutes * kMinute);
}

std::optional<Unit> stream_unit(std::string_view name) {
  if (name == "1s") return Unit::k1s;
  for (auto unit = static_cast<std::size_t>(Unit::k1m);
       unit <= static_cast<std::size_t>(Unit::k240m); ++unit) {
    if (std::to_string(minutes_of(static_cast<Unit>(unit))) + "m" == name) {
      return static_cast<Unit>(unit);
    }
  }
  return std::nullopt;
}

std::int64_t minutes_of(Unit unit) { return nominal_length(unit) / kMinute; }

CandleBook::CandleBook() : series_(kUnitCount) {}

void CandleBook::merge(Unit unit, Candle candle) {
  auto& series = series_[index(unit)];
  candle.start = start_of(unit, candle.start);
  if (series.empty() || series.back().start < candle.start) {
    series.push_back(candle);
    if (series.size() > kMaxCandles) series.pop_front();
    return;
  }
  Candle& last = series.back();
  last.high = std::max(last.high, candle.high);
  last.low = std::min(last.low, candle.low);
  last.close = candle.close;
  last.volume += candle.volume;
  last.value += candle.value;
  last.last_trade = candle.last_trade;
}

void CandleBook::add_history(Unit unit, const Candle& candle) {
  finest_ = unit;
  for (std::size_t i = 0; i < kUnitCount; ++i) {
    if (divides(unit, static_cast<Unit>(i))) merge(static_cast<Unit>(i), candle);
  }
}

void CandleBook::add_trade(const PublicTrade& trade) {
  const Int128 value = Int128{trade.price} * trade.volume;
  const Candle candle{trade.time,  trade.price,  trade.price, trade.price,
                      trade.price, trade.volume, value,       trade.time};
  for (std::size_t i = 0; i < kUnitCount; ++i) merge(static_cast<Unit>(i), candle);
}

std::vector<Candle> CandleBook::newest(Unit unit, Millis before, std::size_t count) const {
  const auto& series = all(unit);
  auto end = std::lower_bound(series.begin(), series.end(), before,
                              [](const Candle& c, Millis time) { return c.start < time; });
  std::vector<Candle> result;
  while (end != series.begin() && result.size() < count) result.push_back(*--end);
  return result;
}

const Candle* CandleBook::latest(Unit unit) const {
  const auto& series = all(unit);
  return series.empty() ? nullptr : &series.back();
}

}  // namespace everbit::upbit_sim

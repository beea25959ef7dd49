#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/time.h"

namespace everbit::upbit_sim {

// Market data is kept in fixed point to hold years of it: prices and volumes in 10^-8 (E8), traded
// value in 10^-16, both exact.
using E8 = std::int64_t;
__extension__ using Int128 = __int128;

inline Decimal from_e8(E8 value) { return Decimal::from_scaled(value, 8); }
inline E8 to_e8(const Decimal& value) { return value.to_scaled(8); }
Decimal from_e16(Int128 value);

// A trade as everybody sees it. `taker_bid`: the taker bought.
struct PublicTrade {
  Millis time = 0;
  E8 price = 0;
  E8 volume = 0;
  bool taker_bid = true;
  std::int64_t sequential_id = 0;
};

struct Candle {
  Millis start = 0;
  E8 open = 0;
  E8 high = 0;
  E8 low = 0;
  E8 close = 0;
  E8 volume = 0;
  Int128 value = 0;       // traded value, quote currency
  Millis last_trade = 0;  // when its last trade was stored: the wire's `timestamp`
};

enum class Unit : std::size_t {
  k1s,
  k1m,
  k3m,
  k5m,
  k10m,
  k15m,
  k30m,
  k60m,
  k240m,
  k1d,
  kWeek,
  kMonth,
  kYear
};
inline constexpr std::size_t kUnitCount = 13;

Millis start_of(Unit unit, Millis time);
Millis nominal_length(Unit unit);                        // months count as 28 days, years as 365
std::optional<Unit> minute_unit(std::int64_t minutes);   // 1, 3, 5, 10, 15, 30, 60, 240
std::optional<Unit> unit_of_length(Millis length);       // up to a day
std::optional<Unit> stream_unit(std::string_view name);  // "1s", "1m" … "240m"
std::int64_t minutes_of(Unit unit);

// The candles of one market, on every unit at once, made of its trades alone: a period without a
// trade has no candle. Recorded history is added candle by candle. Memory is bounded: each unit
// keeps a fixed number of candles. One thread.
class CandleBook {
 public:
  CandleBook();

  // A finished candle of `unit` from a recording; goes into every unit it divides. In time order,
  // and before any trade.
  void add_history(Unit unit, const Candle& candle);
  void add_trade(const PublicTrade& trade);

  // Newest first, starting before `before`.
  std::vector<Candle> newest(Unit unit, Millis before, std::size_t count) const;
  const Candle* latest(Unit unit) const;
  const std::deque<Candle>& all(Unit unit) const { return series_[index(unit)]; }  // oldest first
  Unit finest_history() const { return finest_; }

 private:
  static std::size_t index(Unit unit) { return static_cast<std::size_t>(unit); }
  void merge(Unit unit, Candle candle);

  std::vector<std::deque<Candle>> series_;
  Unit finest_ = Unit::k1m;
};

}  // namespace everbit::upbit_sim

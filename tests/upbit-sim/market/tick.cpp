#include "upbit-sim/market/tick.h"

#include <array>
#include <span>

namespace everbit::upbit_sim {
namespace {

struct Band {
  Decimal from;  // inclusive
  Decimal tick;
  std::int64_t from_e8;
  std::int64_t tick_e8;
};

Band band(std::string_view from, std::string_view tick) {
  const Decimal lowest = Decimal::of(from);
  const Decimal step = Decimal::of(tick);
  return {lowest, step, lowest.to_scaled(8), step.to_scaled(8)};
}

std::span<const Band> krw_since_2025_07_31() {
  static const std::array bands{band("1000000", "1000"),    band("500000", "500"),
                                band("100000", "100"),      band("50000", "50"),
                                band("10000", "10"),        band("5000", "5"),
                                band("100", "1"),           band("10", "0.1"),
                                band("1", "0.01"),          band("0.1", "0.001"),
                                band("0.01", "0.0001"),     band("0.001", "0.00001"),
                                band("0.0001", "0.000001"), band("0.00001", "0.0000001"),
                                band("0", "0.00000001")};
  return bands;
}

std::span<const Band> krw_before_2025_07_31() {
  static const std::array bands{
      band("2000000", "1000"),     band("1000000", "500"),  band("500000", "100"),
      band("100000", "50"),        band("10000", "10"),     band("1000", "1"),
      band("100", "0.1"),          band("10", "0.01"),      band("1", "0.001"),
      band("0.1", "0.0001"),       band("0.01", "0.00001"), band("0.001", "0.000001"),
      band("0.0001", "0.0000001"), band("0", "0.00000001")};
  return bands;
}

std::span<const Band> usdt() {
  static const std::array bands{band("10", "0.01"),        band("1", "0.001"),
                                band("0.1", "0.0001"),     band("0.01", "0.00001"),
                                band("0.001", "0.000001"), band("0.0001", "0.0000001"),
                                band("0", "0.00000001")};
  return bands;
}

std::span<const Band> btc() {
  static const std::array bands{band("0", "0.00000001")};
  return bands;
}

std::span<const Band> table(std::string_view quote, Millis at) {
  if (quote == "BTC") return btc();
  if (quote == "USDT") return usdt();
  return at >= kNewTickTableEpoch ? krw_since_2025_07_31() : krw_before_2025_07_31();
}

}  // namespace

Decimal tick_size(std::string_view quote, const Decimal& price, Millis at) {
  const auto bands = table(quote, at);
  for (const Band& candidate : bands) {
    if (price >= candidate.from) return candidate.tick;
  }
  return bands.back().tick;
}

std::int64_t tick_size_e8(std::string_view quote, std::int64_t price, Millis at) {
  const auto bands = table(quote, at);
  for (const Band& candidate : bands) {
    if (price >= candidate.from_e8) return candidate.tick_e8;
  }
  return bands.back().tick_e8;
}

Decimal step_down(std::string_view quote, const Decimal& price, Millis at) {
  const Decimal smallest = table(quote, at).back().tick;
  const Decimal tick = tick_size(quote, price - smallest, at);
  return round_down_to_tick(quote, price - min(tick, price), at);
}

Decimal round_down_to_tick(std::string_view quote, const Decimal& price, Millis at) {
  const Decimal tick = tick_size(quote, price, at);
  return price.divided_by(tick).floor_to(0) * tick;
}

Decimal round_up_to_tick(std::string_view quote, const Decimal& price, Millis at) {
  const Decimal down = round_down_to_tick(quote, price, at);
  return down == price ? down : down + tick_size(quote, price, at);
}

std::vector<std::string> supported_levels(std::string_view quote, const Decimal& price, Millis at) {
  std::vector<std::string> levels{"0"};
  if (quote != "KRW") return levels;
  Decimal level = tick_size(quote, price, at);
  for (int i = 0; i < 5; ++i) {
    level = level * Decimal(10);
    if (level > price) break;
    levels.push_back(level.to_string());
  }
  return levels;
}

}  // namespace everbit::upbit_sim

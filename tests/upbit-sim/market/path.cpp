#include "upbit-sim/market/path.h"

#include <algorithm>
#include <array>

namespace everbit::upbit_sim {
namespace {

// The four corners in the order a candle usually visits them: a rising one goes low first.
std::array<E8, 4> corners(const Candle& candle) {
  if (candle.close >= candle.open) {
    return {candle.open, candle.low, candle.high, candle.close};
  }
  return {candle.open, candle.high, candle.low, candle.close};
}

std::size_t trade_count(const PathCandle& path, int per_minute) {
  const Millis minutes = std::max<Millis>(1, nominal_length(path.unit) / kMinute);
  const auto wanted = std::max<Millis>(4, minutes * per_minute);
  return static_cast<std::size_t>(std::min<Millis>(wanted, path.candle.volume));
}

E8 between(E8 from, E8 to, double part, E8 tick) {
  const E8 price = from + static_cast<E8>(static_cast<double>(to - from) * part);
  const E8 rounded = price / tick * tick;
  return std::clamp(rounded, std::min(from, to), std::max(from, to));
}

std::vector<E8> split_volume(E8 volume, std::size_t count, Random& random) {
  std::vector<E8> parts(count);
  E8 left = volume;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const auto others = static_cast<E8>(count - i - 1);
    const double share = random.uniform(0.3, 1.7) / static_cast<double>(others + 1);
    parts[i] = std::clamp<E8>(static_cast<E8>(static_cast<double>(left) * share), 1, left - others);
    left -= parts[i];
  }
  parts.back() = left;
  return parts;
}

}  // namespace

std::vector<PublicTrade> trades_of(const PathCandle& path, E8 tick, int per_minute,
                                   Random& random) {
  const Candle& candle = path.candle;
  const std::size_t count = trade_count(path, per_minute);
  if (count == 0) return {};
  const auto visit = corners(candle);
  const auto volumes = split_volume(candle.volume, count, random);
  const auto length = static_cast<double>(nominal_length(path.unit));
  std::vector<PublicTrade> trades;
  E8 previous = candle.open;
  for (std::size_t i = 0; i < count; ++i) {
    // Position on the way through the corners: trade 0 is the open, the last one the close.
    const double way =
        count == 1 ? 3.0 : 3.0 * static_cast<double>(i) / static_cast<double>(count - 1);
    const auto leg = std::min<std::size_t>(2, static_cast<std::size_t>(way));
    E8 price = between(visit[leg], visit[leg + 1], way - static_cast<double>(leg), tick);
    // A trade next to a corner lies on it, so that high and low are reached exactly.
    for (std::size_t corner = 0; corner < 4; ++corner) {
      const auto nearest = (corner * (count - 1) * 2 + 3) / 6;
      if (nearest == i) price = visit[corner];
    }
    const double slot =
        (static_cast<double>(i) + random.uniform(0.1, 0.6)) / static_cast<double>(count);
    const Millis time = candle.start + static_cast<Millis>(slot * length);
    const bool up = price > previous || (price == previous && random.uniform() < 0.5);
    trades.push_back({time, price, volumes[i], up, 0});
    previous = price;
  }
  return trades;
}

}  // namespace everbit::upbit_sim

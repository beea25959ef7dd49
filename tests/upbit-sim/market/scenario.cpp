#include "upbit-sim/market/scenario.h"

#include <algorithm>
#include <cmath>

#include "upbit-sim/market/tick.h"

namespace everbit::upbit_sim {
namespace {

struct Coin {
  std::string_view code, korean, english;
  double price;
};

constexpr Coin kCoins[] = {{"KRW-BTC", "비트코인", "Bitcoin", 150'000'000},
                           {"KRW-ETH", "이더리움", "Ethereum", 6'000'000},
                           {"KRW-XRP", "리플", "XRP", 4'200},
                           {"KRW-SOL", "솔라나", "Solana", 300'000},
                           {"KRW-ADA", "에이다", "Cardano", 1'250},
                           {"KRW-DOGE", "도지코인", "Dogecoin", 380},
                           {"KRW-AVAX", "아발란체", "Avalanche", 45'000},
                           {"KRW-LINK", "체인링크", "Chainlink", 25'000},
                           {"KRW-DOT", "폴카닷", "Polkadot", 7'000},
                           {"KRW-SUI", "수이", "Sui", 4'500}};

constexpr std::int64_t kMinuteHistory = 45 * 24 * 60;  // before that the path is made by the hour

Coin coin_of(std::string_view code) {
  for (const Coin& coin : kCoins) {
    if (coin.code == code) return coin;
  }
  return {code, code, code, 10'000};
}

std::uint64_t mix(std::uint64_t seed, std::string_view text) {
  for (char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return Random(seed).next();
}

// The path of one market, minute by minute (hour by hour in the far past); minute 0 is the one that
// the simulator starts in. The logarithm of the price is drift + a mean-reverting noise + dips.
class Walk {
 public:
  Walk(const Shape& shape, Coin coin, std::uint64_t seed, std::int64_t phase, Millis origin)
      : shape_(shape), coin_(coin), seed_(seed), phase_(phase), origin_(origin), random_(seed) {}

  PathCandle hour(std::int64_t minute) { return step(minute, Unit::k60m); }
  PathCandle minute(std::int64_t minute) { return step(minute, Unit::k1m); }

 private:
  double drift(std::int64_t minute) const {
    const double hours = static_cast<double>(minute) / 60.0;
    const double recent = static_cast<double>(-kMinuteHistory) / 60.0;
    if (hours >= recent) return shape_.drift_per_hour * hours;
    return shape_.drift_per_hour * (recent + (hours - recent) / 20.0);
  }

  // At the end of this minute: 0, or below it within a dip.
  double dip(std::int64_t minute) const {
    if (shape_.dip_every == 0) return 0.0;
    const std::int64_t shifted = minute - phase_ + shape_.dip_minutes - 1;
    const std::int64_t cycle =
        shifted >= 0 ? shifted / shape_.dip_every : (shifted + 1) / shape_.dip_every - 1;
    const std::int64_t position = shifted - cycle * shape_.dip_every + 1;  // 1 … dip_every
    Random own(seed_ ^ (static_cast<std::uint64_t>(cycle) * 0x9e3779b97f4a7c15ULL));
    const double depth = shape_.dip_depth * own.uniform(0.9, 1.2);
    if (position <= shape_.dip_minutes) {
      return -depth * static_cast<double>(position) / static_cast<double>(shape_.dip_minutes);
    }
    const std::int64_t back = position - shape_.dip_minutes;
    if (back >= shape_.rebound_minutes) return 0.0;
    return -depth * (1.0 - static_cast<double>(back) / static_cast<double>(shape_.rebound_minutes));
  }

  PathCandle step(std::int64_t minute, Unit unit) {
    const std::int64_t length = unit == Unit::k60m ? 60 : 1;
    const double scale = std::sqrt(static_cast<double>(length));
    const double reversion = std::pow(0.98, static_cast<double>(length));
    noise_ = noise_ * reversion + shape_.noise * scale * random_.normal();
    const std::int64_t last = minute + length - 1;
    const double depth = dip(last);
    const double price = coin_.price * std::exp(drift(last) + noise_ + depth);
    const double open = previous_ > 0 ? previous_ : price;
    previous_ = price;
    const double wick_up = 1.0 + shape_.wick * scale * std::abs(random_.normal());
    const double wick_down = 1.0 - shape_.wick * scale * std::abs(random_.normal());
    const double value = shape_.value_per_minute * static_cast<double>(length) *
                         random_.uniform(0.5, 1.5) * (depth < 0 ? 2.5 : 1.0);
    const bool quiet = random_.uniform() < shape_.quiet_minutes && length == 1;
    return {unit, candle(minute, length, open, std::max(open, price) * wick_up,
                         std::min(open, price) * wick_down, price, quiet ? 0.0 : value)};
  }

  Candle candle(std::int64_t minute, std::int64_t length, double open, double high, double low,
                double close, double value) const {
    Candle result;
    result.start = origin_ + minute * kMinute;
    result.open = on_tick(open);
    result.close = on_tick(close);
    result.high = std::max({on_tick(high), result.open, result.close});
    result.low = std::min({on_tick(low), result.open, result.close});
    result.volume = static_cast<E8>(value / close * 1e8);
    const Int128 middle = (Int128{result.high} + result.low + result.close) / 3;
    result.value = middle * result.volume;
    result.last_trade = result.start + length * kMinute - 400;
    return result;
  }

  E8 on_tick(double price) const {
    const auto exact = static_cast<E8>(price * 1e8);
    const E8 tick = tick_size_e8(coin_.code.substr(0, coin_.code.find('-')), exact, origin_);
    return exact / tick * tick;
  }

  Shape shape_;
  Coin coin_;
  std::uint64_t seed_;
  std::int64_t phase_;
  Millis origin_;
  Random random_;
  double noise_ = 0.0;
  double previous_ = 0.0;
};

class WalkSource : public PathSource {
 public:
  WalkSource(Walk walk, std::int64_t minute) : walk_(std::move(walk)), minute_(minute) {}

  std::optional<PathCandle> next() override { return walk_.minute(minute_++); }

 private:
  Walk walk_;
  std::int64_t minute_;
};

class NoPath : public PathSource {
 public:
  std::optional<PathCandle> next() override { return std::nullopt; }
};

MarketPlan plan_market(const Scenario& scenario, std::uint64_t seed, const std::string& code,
                       std::int64_t phase, Millis now, int history_days) {
  const Millis origin = start_of(Unit::k1m, now);
  const Coin coin = coin_of(code);
  Walk walk(scenario.shape, coin, mix(seed, code), phase, origin);
  MarketPlan plan;
  plan.code = code;
  plan.korean_name = coin.korean;
  plan.english_name = coin.english;
  const std::int64_t minutes = std::min<std::int64_t>(history_days * 24LL * 60, kMinuteHistory);
  const Millis minutes_from = start_of(Unit::k1d, origin - minutes * kMinute);
  Millis start = start_of(Unit::k1d, origin - history_days * kDay);
  for (; start < minutes_from; start += kHour) {
    plan.history.push_back(walk.hour((start - origin) / kMinute));
  }
  for (; start < origin; start += kMinute) {
    PathCandle path = walk.minute((start - origin) / kMinute);
    if (path.candle.volume > 0) plan.history.push_back(path);
  }
  if (scenario.still) {
    plan.future = std::make_unique<NoPath>();
  } else {
    plan.future = std::make_unique<WalkSource>(std::move(walk), 0);
  }
  return plan;
}

Shape demo_shape() {
  Shape shape;
  shape.drift_per_hour = 0.0006;
  // Shorter, and the RSI has not come back from the last sell-off when the next one starts.
  shape.dip_every = 20;
  return shape;
}

Shape with_drift(double per_hour, double noise) {
  Shape shape;
  shape.drift_per_hour = per_hour;
  shape.noise = noise;
  shape.wick = noise / 3;
  return shape;
}

Shape quiet_shape() {
  Shape shape;
  shape.value_per_minute = 3e6;
  shape.quiet_minutes = 0.6;
  return shape;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {"demo", "slow rise with sharp sell-offs and rebounds, staggered over the markets",
       demo_shape(), false},
      {"random", "no trend, a random walk around one level", with_drift(0.0, 0.0008), false},
      {"uptrend", "a steady rise", with_drift(0.002, 0.0005), false},
      {"downtrend", "a steady fall", with_drift(-0.002, 0.0005), false},
      {"quiet", "little traded, most minutes have no trade", quiet_shape(), false},
      {"still", "a frozen price; only accounts and the control port trade", Shape{}, true}};
  return all;
}

const Scenario* find_scenario(std::string_view name) {
  for (const Scenario& scenario : scenarios()) {
    if (scenario.name == name) return &scenario;
  }
  return nullptr;
}

std::vector<std::string> default_markets() {
  std::vector<std::string> codes;
  for (const Coin& coin : kCoins) codes.emplace_back(coin.code);
  return codes;
}

std::vector<MarketPlan> scenario_markets(const Scenario& scenario, std::uint64_t seed,
                                         const std::vector<std::string>& codes, Millis now,
                                         int history_days) {
  std::vector<MarketPlan> plans;
  const auto count = static_cast<std::int64_t>(codes.size());
  for (std::int64_t i = 0; i < count; ++i) {
    // The first sell-off ends in the first whole minute, so that who starts now can see it.
    const std::int64_t phase = 1 + scenario.shape.dip_every * i / count;
    plans.push_back(
        plan_market(scenario, seed, codes[static_cast<std::size_t>(i)], phase, now, history_days));
  }
  return plans;
}

}  // namespace everbit::upbit_sim

#include "upbit-sim/market/market_place.h"

#include <utility>

#include "upbit-sim/market/tick.h"

namespace everbit::upbit_sim {

MarketPlace::MarketPlace(std::vector<MarketPlan> plans, const Decimal& value_per_level,
                         int trades_per_minute, std::uint64_t seed, Millis now)
    : trades_per_minute_(trades_per_minute), random_(seed) {
  for (MarketPlan& plan : plans) {
    auto market = std::make_unique<Market>(plan.code, plan.korean_name, plan.english_name,
                                           value_per_level, random_.next());
    for (const PathCandle& path : plan.history)
      market->candles().add_history(path.unit, path.candle);
    if (market->last_price().is_positive()) {
      market->makers().quote_around(market->last_price(), true, now);
    }
    paths_.push_back({market.get(), std::move(plan.future), {}});
    markets_.push_back(std::move(market));
  }
}

Market* MarketPlace::find(std::string_view code) {
  for (const auto& market : markets_) {
    if (market->code() == code) return market.get();
  }
  return nullptr;
}

bool MarketPlace::set_paused(std::string_view code, bool paused) {
  bool found = false;
  for (Path& path : paths_) {
    if (!code.empty() && path.market->code() != code) continue;
    path.paused = paused;
    found = true;
  }
  return found;
}

bool MarketPlace::refill(Path& path) {
  while (path.due.empty() && !path.finished) {
    const auto next = path.source->next();
    if (!next) {
      path.finished = true;
      break;
    }
    const Decimal price = from_e8(next->candle.open);
    const E8 tick = to_e8(tick_size(path.market->quote(), price, next->candle.start));
    for (const PublicTrade& trade : trades_of(*next, tick, trades_per_minute_, random_)) {
      path.due.push_back(trade);
    }
  }
  return !path.due.empty();
}

void MarketPlace::play(Millis now, const PathTradeHandler& on_path_trade) {
  for (Path& path : paths_) {
    while (refill(path) && path.due.front().time <= now) {
      const PublicTrade trade = path.due.front();
      path.due.pop_front();
      if (!path.paused) on_path_trade(*path.market, trade);
    }
  }
}

}  // namespace everbit::upbit_sim

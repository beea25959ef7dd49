#include "trader/trader_context.h"

#include <algorithm>

namespace everbit {

TraderContext::TraderContext(TraderParts given)
    : TraderParts(std::move(given)), exchange_clock(clock) {
  mode = settings.mode == config::TradingMode::kReal ? trading::Mode::kReal : trading::Mode::kPaper;
  for (const auto& market : settings.strategy.markets) {
    if (market.enabled) markets.push_back(market.code);
  }
  std::sort(markets.begin(), markets.end());
}

}  // namespace everbit

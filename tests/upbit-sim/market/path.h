#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "upbit-sim/base/random.h"
#include "upbit-sim/market/candles.h"

namespace everbit::upbit_sim {

// One candle that the market is to trade through.
struct PathCandle {
  Unit unit = Unit::k1m;
  Candle candle;
};

// The candles to come, in time order and without end or until nullopt. A recording or a scenario.
class PathSource {
 public:
  virtual ~PathSource() = default;
  virtual std::optional<PathCandle> next() = 0;
};

// What a market starts with: its candles before now, then where its price goes.
struct MarketPlan {
  std::string code;  // KRW-BTC
  std::string korean_name;
  std::string english_name;
  std::vector<PathCandle> history;
  std::unique_ptr<PathSource> future;
};

// Trades that make exactly this candle: same open, high, low, close and volume. Prices in between
// lie on `tick`; at most `per_minute` trades a minute, at least four where the volume allows.
std::vector<PublicTrade> trades_of(const PathCandle& candle, E8 tick, int per_minute,
                                   Random& random);

}  // namespace everbit::upbit_sim

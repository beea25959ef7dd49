#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "upbit-sim/base/random.h"
#include "upbit-sim/market/market.h"
#include "upbit-sim/market/path.h"

namespace everbit::upbit_sim {

// All markets and their paths. `play` trades everything that is due by then: each due trade of a
// path is handed to `on_path_trade` (the exchange fills resting orders with it and records it). One
// thread.
class MarketPlace {
 public:
  using PathTradeHandler = std::function<void(Market&, const PublicTrade&)>;

  MarketPlace(std::vector<MarketPlan> plans, const Decimal& value_per_level, int trades_per_minute,
              std::uint64_t seed, Millis now);

  Market* find(std::string_view code);
  const std::vector<std::unique_ptr<Market>>& all() const { return markets_; }

  void play(Millis now, const PathTradeHandler& on_path_trade);
  // A paused path skips what falls due meanwhile.
  bool set_paused(std::string_view code, bool paused);

 private:
  struct Path {
    Market* market;
    std::unique_ptr<PathSource> source;
    std::deque<PublicTrade> due;
    bool finished = false;
    bool paused = false;
  };
  bool refill(Path& path);

  std::vector<std::unique_ptr<Market>> markets_;
  std::vector<Path> paths_;
  int trades_per_minute_;
  Random random_;
};

}  // namespace everbit::upbit_sim

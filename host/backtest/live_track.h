#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "plugins/loader.h"
#include "plugins/strategy/strategy_instance.h"

namespace everbit::backtest {

// A state that a live instance went on from, and what went on from it.
struct KeptState {
  plugins::StrategyState state;
  const plugins::LoadedPlugin* plugin = nullptr;  // null: the run's own
  std::vector<std::pair<std::string, std::string>> params;
};

// What one market's live instance is known to have been given. Times are closes, nanoseconds UTC.
struct LiveTrack {
  // By the close of the last candle in it; never empty. The run of the market begins at the first
  // and takes up each of the others in place of its own: live warmed up anew there, or a new
  // generation took over.
  std::map<std::int64_t, KeptState> states;
  std::map<std::int64_t, plugins::PositionView> positions;
  std::map<std::int64_t, Decimal> traded_values;  // the exchange's 24-hour figure
};

// A live run to be run again from its recording, in place of a back-test's own beginning.
struct LiveReplay {
  std::map<std::string, LiveTrack> markets;  // each market of the request
  // True: every recorded position is handed to the strategy, and nothing is ordered. False: only
  // those up to the first that no order was open for; then the fill model's.
  bool real_fills = false;
  std::int64_t end = 0;  // up to here periods without a trade are filled
  // The owner's limits of an entry; 0: none.
  Decimal min_order;
  Decimal max_order;
  int max_open_markets = 0;
};

}  // namespace everbit::backtest

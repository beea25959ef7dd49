#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "plugins/strategy/decision.h"

namespace everbit::plugins {
class StrategyInstance;
}

namespace everbit::backtest {

struct LiveReplay;

// One decision of a run and what the host said to it.
struct Judged {
  const std::string& market;
  std::int64_t close_time;
  const plugins::Decision& decision;
  const std::vector<std::string>* refusals;   // null: none
  const plugins::StrategyInstance& strategy;  // for the codes of its reasons
  const plugins::PositionView& position;      // as it was handed to the strategy
};

// How a run is watched and disturbed by tests, `verify` and `parity`; a plain run has none of it.
struct RunProbe {
  std::function<void(const Judged&)> observe;
  // Closes after which every instance is saved, and a new one goes on from what was saved.
  std::set<std::int64_t> restart_after;
  // How many candles of each timeframe before `from` the strategy is shown; 0: all there are.
  std::size_t history = 0;
  // Outlives the run; null: a back-test.
  const LiveReplay* replay = nullptr;
};

// Every field, doubles by their bits: equal bytes mean equal decisions.
std::string bytes_of(const plugins::Decision& decision);

}  // namespace everbit::backtest

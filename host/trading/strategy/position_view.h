#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "plugins/strategy/decision.h"
#include "store/transaction.h"
#include "trading/types.h"

namespace everbit::trading {

// Names one instance of a strategy in the database.
struct InstanceKey {
  OwnerId owner;
  Mode mode = Mode::kReal;
  std::string strategy_key;
  std::string market;
  std::string timeframe;  // "15m"
};

// What the database knows of the instance's market, as it is handed to the strategy when a candle
// has closed. A manual exit counts from the last candle of `signal_period` that had closed when the
// owner asked for it.
Result<plugins::PositionView> load_position_view(store::Transaction& tx, const InstanceKey& key,
                                                 std::chrono::seconds signal_period);

// The text of position.plan_json.
std::string plan_to_json(const plugins::Plan& plan);

}  // namespace everbit::trading

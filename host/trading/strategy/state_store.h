#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "plugins/strategy/strategy_instance.h"
#include "store/pool.h"
#include "trading/strategy/position_view.h"

namespace everbit::trading {

// What runs under a strategy_key now.
struct ActiveStrategy {
  std::int64_t generation = 0;
  std::string sha256;
  std::int64_t config_version = 0;
  std::string plugin_version;
};

// What an instance goes on from.
struct SavedState {
  plugins::StrategyState state;
  std::int64_t generation = 0;
  Timestamp as_of;  // close of the last candle in it
};

// Makes this plugin with these parameters the active one: the stored activation if nothing changed,
// else the next generation, with the parameters kept as a new config_version. The parameters are
// {"key": "text", …}.
Result<ActiveStrategy> activate_strategy(store::Pool& pool, OwnerId owner,
                                         const std::string& strategy_key,
                                         const std::string& plugin_sha256,
                                         const std::string& plugin_version,
                                         const std::string& params_json);

Result<std::optional<SavedState>> load_state(store::Pool& pool, const InstanceKey& key);

// Sets what the instance goes on from: after a warm-up, or when a new generation has taken over the
// state of the one before. Only the trader may. Kept for `everbit parity` too. Code FENCED.
Result<void> store_state(store::Pool& pool, const InstanceKey& key, const Uuid& trader_instance,
                         const ActiveStrategy& active, const SavedState& saved);

}  // namespace everbit::trading

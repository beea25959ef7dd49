#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "store/trading_transaction.h"

namespace everbit::store {

// One step of one instance from the candle whose close is `from` to the next, whose close is `to`.
struct StateStep {
  Uuid trader_instance;
  std::string strategy_key;
  std::string market;
  std::string timeframe;
  std::string mode;
  std::int64_t generation = 0;
  Timestamp from;
  Timestamp to;
  std::string state_schema;
  std::int32_t state_version = 0;
  std::span<const std::uint8_t> state;  // borrowed for the call
};

// The first statement of a candle's transaction: moves strategy_state on, if this process is still
// the trader, the generation still active and the state where the caller thinks it is. Code FENCED
// otherwise: nothing was changed; the caller rolls back and stops trading. The state of a candle
// that closes at 00:00 UTC is kept in strategy_state_daily by the same step.
Result<void> advance_strategy_state(TradingTransaction& transaction, const StateStep& step);

}  // namespace everbit::store

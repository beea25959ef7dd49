#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/strategy/decision.h"
#include "store/trading_transaction.h"
#include "trading/strategy/state_store.h"

namespace everbit::trading {

// One row of the decision ledger: why the candle gave what it gave, or nothing.
struct DecisionRow {
  const InstanceKey& key;
  Timestamp close;
  const plugins::Decision& decision;
  std::vector<std::string> reason_codes;
  std::vector<std::string> refusals;  // by the host or by the strategy, if an order was asked for
  std::vector<plugins::Gate> host_gates;  // what the host compared for an entry
  const eb_candle& candle;                // as the strategy saw it
  Timestamp decided_at;
};

// Written once, at most 1 KB: what does not fit of the indicators, and then of the conditions, is
// left out, so that a talkative strategy cannot fill the disk or stop its own candle.
Result<void> write_decision(store::TradingTransaction& tx, const DecisionRow& row);

// "OS_RSI<=30:41.2-": the condition, the value, and whether it held.
std::string check_text(const plugins::Gate& gate);
// Reads it back; nothing for another text.
std::optional<plugins::Gate> parse_check(std::string_view text);

}  // namespace everbit::trading

#pragma once

#include <optional>

#include "store/trading_transaction.h"
#include "trading/risk/arbiter.h"
#include "trading/risk/risk_gate.h"
#include "trading/strategy/position_view.h"

namespace everbit::trading {

// What the gate and the amounts depend on, read under the market's lock.
struct MarketFacts {
  bool enabled = false;
  Decimal quantity;
  Decimal dust;
  std::optional<IntentId> entry_intent;  // of the open position
  std::optional<IntentId> open_intent;
  std::optional<AttemptId> open_attempt;  // the newest of that intent
  bool open_attempt_prepared = false;
  bool attempt_in_flight = false;  // SENT or UNKNOWN
  bool exchange_blocked = false;
  std::optional<Decimal> free_coins;  // empty: never reported

  bool is_held() const { return quantity.is_positive(); }
};

Result<MarketFacts> load_market_facts(store::TradingTransaction& tx, const InstanceKey& key);

// Cash and slots, under the account's lock: what open entries have reserved is taken off.
Result<EntryBudget> load_entry_budget(store::TradingTransaction& tx, const InstanceKey& key,
                                      Decimal fee_rate);

}  // namespace everbit::trading

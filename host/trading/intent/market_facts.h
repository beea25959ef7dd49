#pragma once

#include <optional>
#include <string>

#include "base/uuid.h"
#include "plugins/strategy/decision.h"
#include "store/trading_transaction.h"
#include "trading/control/trading_switch.h"
#include "trading/risk/arbiter.h"
#include "trading/risk/risk_gate.h"
#include "trading/strategy/position_view.h"

namespace everbit::trading {

// The intent of a market and mode that is open, with its newest attempt.
struct OpenIntent {
  IntentId id;
  Uuid public_id;
  IntentType type = IntentType::kEntry;
  std::optional<Decimal> volume;  // of an exit
  std::optional<AttemptId> attempt;
  bool prepared = false;  // that attempt; only then may the intent give way to another
};

// What the gate and the amounts depend on, read under the market's lock.
struct MarketFacts {
  bool enabled = false;
  Decimal quantity;
  Decimal dust;
  std::string strategy_key;              // of the open position
  std::optional<IntentId> entry_intent;  // likewise
  std::optional<OpenIntent> open_intent;
  bool attempt_in_flight = false;  // SENT or UNKNOWN
  bool exchange_blocked = false;
  std::optional<Decimal> free_coins;  // empty: never reported

  bool is_held() const { return quantity.is_positive(); }
};

Result<MarketFacts> load_market_facts(store::TradingTransaction& tx, const InstanceKey& key);

// What the gate looks at as far as the database and this process's switch know it; freshness,
// health and key are the caller's to add.
GateFacts gate_facts(const store::TradingTransaction& tx, const InstanceKey& key,
                     const MarketFacts& facts, const Restriction& told);

// The volume of an exit: of the part, or of all that is held with its dust, what is free, cut to 8
// decimals. Nothing: at that price it is worth less than the exchange takes (DUST).
std::optional<Decimal> exit_volume(const MarketFacts& facts, std::optional<Decimal> part,
                                   std::optional<Decimal> price, Decimal min_total);

// What the owner allows besides the cash; 0: no limit.
struct EntryLimits {
  Decimal max_exposure;
  int max_entries_per_hour = 0;
};

// Cash, slots and what the limits leave, under the account's lock: what open entries have reserved
// is taken off.
Result<EntryBudget> load_entry_budget(store::TradingTransaction& tx, const InstanceKey& key,
                                      Decimal fee_rate, const EntryLimits& limits);

}  // namespace everbit::trading

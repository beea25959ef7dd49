#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "plugins/strategy/decision.h"
#include "store/pool.h"

namespace everbit::api {

// One candle's row of the decision ledger, and what came of it.
struct DecisionItem {
  struct Order {
    std::string side;
    std::optional<Decimal> strength;
    std::optional<std::string> intent_type;  // none: no intent
    std::optional<std::string> status;
    std::optional<std::string> reason_code;
  };

  std::string strategy_key;
  std::string market;
  std::string mode;
  std::string timeframe;
  Timestamp close;
  Timestamp decided_at;
  std::string state;
  std::string regime;
  std::vector<std::string> reason_codes;
  std::vector<std::string> refusals;
  std::vector<plugins::Gate> checks;
  std::string values_json;
  Decimal open_price, high_price, low_price, close_price, volume;
  std::optional<Order> order;
};

// Why there is no row.
struct DecisionAbsence {
  bool market_known = false;    // it is in the settings, or was
  bool market_enabled = false;  // it is traded
  bool trader_alive = false;
  std::optional<Timestamp> trader_since;
  std::optional<Timestamp> before;  // the nearest decisions
  std::optional<Timestamp> after;
  std::optional<std::string> gap_cause;  // of the candle that did not come
};

struct DecisionQuestion {
  std::string market;
  std::string mode;
  Timestamp at;
  std::optional<std::string> strategy_key;
};

// Of each strategy and timeframe the decision at the close `at`, or, if no candle closed then, of
// the candle that was running.
Result<std::vector<DecisionItem>> read_decisions(store::Pool& pool,
                                                 const DecisionQuestion& question,
                                                 Deadline deadline);
Result<DecisionAbsence> read_absence(store::Pool& pool, const DecisionQuestion& question,
                                     Deadline deadline);

void write_json(JsonWriter& json, const DecisionItem& item);
void write_json(JsonWriter& json, const DecisionAbsence& absence);

// "<=", ">=", "<", ">"
std::string_view relation_text(std::int32_t relation);

}  // namespace everbit::api

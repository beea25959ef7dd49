#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "everbit/ext/strategy.h"

namespace everbit::plugins {

// A position's plan as the strategy last returned it; stored in the candle's transaction and handed
// back with each candle.
struct Plan {
  std::uint32_t flags = 0;  // EB_PLAN_*
  Decimal stop;
  Decimal stop_distance;
  Decimal trail_top;
  std::string own;

  bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
  // The price that the guardian and the watch over a switched-off account use. An entry's plan
  // names a distance below the fill until the strategy has seen the position.
  std::optional<Decimal> stop_price(Decimal average_price) const;
  bool operator==(const Plan&) const = default;
};

// The host's truth about one market and mode at a candle's close; see eb_position_view.
struct PositionView {
  std::int32_t state = EB_POSITION_FLAT;
  std::int32_t last_intent = EB_INTENT_NONE;
  std::int32_t last_outcome = EB_OUTCOME_NONE;
  std::int32_t last_exit = EB_INTENT_NONE;
  std::int32_t pending_intent = EB_INTENT_NONE;
  std::int64_t last_signal_close = 0;
  std::int64_t last_exit_close = 0;
  std::int64_t entry_close = 0;
  Decimal quantity;
  Decimal average_price;
  Decimal dust;
  std::optional<Plan> plan;
};

// Where resting orders would stand during the next candle; see eb_exit_levels.
struct ExitLevels {
  std::optional<Decimal> stop;
  std::optional<Decimal> target;
  std::optional<Decimal> stop_distance;    // of an entry: below its fill price
  std::optional<Decimal> target_distance;  // of an entry: above it
  Decimal target_volume;                   // 0: by part, most and least
  Decimal target_part;
  Decimal target_most;
  Decimal target_least;
  std::int32_t stop_intent = EB_INTENT_NONE;
  std::int32_t target_intent = EB_INTENT_NONE;
  std::int32_t stop_reason = 0;
  std::int32_t target_reason = 0;
};

// A condition that the strategy looked at; see eb_gate.
struct Gate {
  std::string name;
  double value = 0;
  double threshold = 0;
  std::int32_t relation = EB_GATE_AT_MOST;
  bool passed = false;
};

// What a signal candle gave: eb_decision, owned and checked. Reused from candle to candle, so that
// its buffers are allocated once.
struct Decision {
  std::int32_t action = EB_ACTION_NONE;
  std::int32_t intent = EB_INTENT_NONE;
  bool refused = false;  // by the strategy itself
  bool all = false;      // a sale of all that is held
  std::vector<std::int32_t> reasons;
  std::vector<std::int32_t> refused_reasons;
  std::string state;
  std::string regime;
  std::string entry_regime;
  double strength = 0;
  Decimal amount;
  Decimal min_amount;
  Decimal volume;
  std::int32_t max_open_markets = 0;
  std::vector<std::pair<std::string, double>> figures;  // belong to the signal
  std::int64_t origin = 0;
  std::optional<Plan> plan;  // nothing: the stored one stays
  std::optional<ExitLevels> levels;
  std::vector<std::pair<std::string, double>> values;  // for the decision ledger, when asked for
  std::vector<Gate> gates;                             // likewise

  bool wants_entry() const { return action == EB_ACTION_BUY && !refused; }
  bool wants_exit() const { return action == EB_ACTION_SELL; }
  std::optional<double> figure(std::string_view key) const;
};

// "ENTRY", "EXIT_STOPLOSS", …; empty for EB_INTENT_NONE and for numbers this host does not know.
std::string_view intent_name(std::int32_t intent);

}  // namespace everbit::plugins

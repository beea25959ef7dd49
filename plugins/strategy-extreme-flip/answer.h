#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "everbit/ext/strategy.h"
#include "reasons.h"
#include "regime.h"

namespace everbit::extreme_flip {

// A few reasons without an allocation.
class Reasons {
 public:
  void add(Reason reason) { numbers_[count_++] = reason; }
  bool empty() const { return count_ == 0; }
  std::span<const std::int32_t> all() const { return {numbers_.data(), count_}; }

 private:
  std::array<std::int32_t, 8> numbers_;  // the first count_ of them
  std::size_t count_ = 0;
};

// The plan to be stored, in the host's terms; own text beside it.
struct PlanUpdate {
  eb_plan plan;
  std::string own;
};

// What one candle gave, before it is handed to the host.
struct Answer {
  std::uint32_t flags = 0;  // EB_DECISION_ALL, EB_DECISION_REFUSED
  std::int32_t action = EB_ACTION_NONE;
  std::int32_t intent = EB_INTENT_NONE;
  Reasons reasons;
  Reasons if_refused;
  const char* state = "IDLE";
  Regime regime = Regime::kWarmup;
  std::optional<Regime> entry_regime;
  double strength = 0;
  eb_dec amount{0, 0};
  eb_dec volume{0, 0};
  eb_ts origin = 0;
  std::optional<eb_ts> cooldown_end;
  std::optional<PlanUpdate> plan;
  std::optional<eb_exit_levels> levels;
};

}  // namespace everbit::extreme_flip

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "everbit/ext/strategy.h"

namespace everbit::mock {

// A plan that outlives the call.
struct Plan {
  std::uint32_t flags = 0;
  eb_dec stop{};
  eb_dec stop_distance{};
  eb_dec trail_top{};
  std::string own;
};

// What a strategy decided, copied out of the call.
struct Decision {
  std::uint32_t flags = 0;
  std::int32_t action = EB_ACTION_NONE;
  std::int32_t intent = EB_INTENT_NONE;
  std::vector<std::int32_t> reasons;
  std::vector<std::int32_t> refused_reasons;
  std::string state;
  std::string regime;
  std::string entry_regime;
  double strength = 0;
  eb_dec amount{};
  eb_dec min_amount{};
  eb_dec volume{};
  std::int32_t max_open_markets = 0;
  std::map<std::string, double> values;
  eb_ts origin = 0;
  std::optional<Plan> plan;
  std::optional<eb_exit_levels> levels;
};

Decision copy_decision(const eb_decision& decision);
Plan copy_plan(const eb_plan& plan);

}  // namespace everbit::mock

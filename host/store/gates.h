#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/account_position.h"
#include "base/timestamp.h"

namespace everbit::store {

using everbit::AccountPosition;

// The row of kill_switch; no row counts as OFF, and a strategy that is not named is off.
struct KillSwitch {
  AccountPosition account = AccountPosition::kOff;
  std::optional<std::string> reason_code;
  bool flatten_active = false;
  std::vector<std::string> enabled_strategies;

  bool strategy_enabled(std::string_view key) const;
};

// A row of strategy_activation.
struct Activation {
  std::string strategy_key;
  std::int64_t generation = 0;
  std::string sha256;
  std::int64_t config_version = 0;
};

// A row of market_state.
struct MarketState {
  std::string market;
  bool suspended = false;
  std::optional<std::string> suspend_reason_code;
  std::optional<Timestamp> last_signal_at;
  std::optional<Timestamp> cooldown_until;
};

}  // namespace everbit::store

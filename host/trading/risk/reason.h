#pragma once

#include <string_view>

namespace everbit::trading {

// Why the host refuses what a strategy asked for; the codes that are stored and shown.
enum class RefusalReason {
  kKeyMissing,
  kKeyUnverified,
  kExchangeBlocked,
  kIntentOpen,
  kStrategyUnhealthy,
  kStrategySwitchOff,
  kAccountSwitchOff,
  kAccountExitsOnly,
  kMarketSuspended,
  kAttemptInFlight,
  kMarketDisabled,
  kCooldown,
  kStaleSignal,
  kCandleUnverified,
  kPositionOpen,
  kNoPosition,
  kMaxOpenMarkets,
  kAmountBlocked,
};

std::string_view code_of(RefusalReason reason);

}  // namespace everbit::trading

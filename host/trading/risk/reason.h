#pragma once

#include <string_view>

namespace everbit::trading {

// Why the host refuses what was asked for; the codes that are stored and shown, the same at the
// candle, in the executor and towards the owner (page 50).
enum class RefusalReason {
  kKeyMissing,
  kKeyNotVerified,
  kExchangeBlocked,
  kIntentOpen,
  kStrategyUnhealthy,
  kStrategyOff,
  kAccountOff,
  kAccountExitsOnly,
  kMarketSuspended,
  kMarketHasUnknown,
  kMarketDisabled,
  kCooldown,
  kStaleSignal,
  kCandleUnverified,
  kPositionOpen,
  kNoPosition,
  kDailyLoss,
  kMaxOpenMarkets,
  kOrderRate,
  kExposure,
  kAmountBlocked,
  kDust,
};

std::string_view code_of(RefusalReason reason);

}  // namespace everbit::trading

#include "trading/risk/reason.h"

namespace everbit::trading {

std::string_view code_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kKeyMissing:
      return "KEY_MISSING";
    case RefusalReason::kKeyUnverified:
      return "KEY_UNVERIFIED";
    case RefusalReason::kExchangeBlocked:
      return "EXCHANGE_BLOCKED";
    case RefusalReason::kIntentOpen:
      return "INTENT_OPEN";
    case RefusalReason::kStrategyUnhealthy:
      return "STRATEGY_UNHEALTHY";
    case RefusalReason::kStrategySwitchOff:
      return "STRATEGY_SWITCH_OFF";
    case RefusalReason::kAccountSwitchOff:
      return "ACCOUNT_SWITCH_OFF";
    case RefusalReason::kAccountExitsOnly:
      return "ACCOUNT_EXITS_ONLY";
    case RefusalReason::kMarketSuspended:
      return "MARKET_SUSPENDED";
    case RefusalReason::kAttemptInFlight:
      return "ATTEMPT_IN_FLIGHT";
    case RefusalReason::kMarketDisabled:
      return "MARKET_DISABLED";
    case RefusalReason::kCooldown:
      return "COOLDOWN_BLOCKED";
    case RefusalReason::kStaleSignal:
      return "STALE_SIGNAL";
    case RefusalReason::kCandleUnverified:
      return "CANDLE_UNVERIFIED";
    case RefusalReason::kPositionOpen:
      return "POSITION_OPEN";
    case RefusalReason::kNoPosition:
      return "NO_POSITION";
    case RefusalReason::kMaxOpenMarkets:
      return "MAX_OPEN_MARKETS";
    case RefusalReason::kAmountBlocked:
      return "AMOUNT_BLOCKED";
  }
  return "UNKNOWN";
}

}  // namespace everbit::trading

#include "trading/risk/reason.h"

namespace everbit::trading {

std::string_view code_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kKeyMissing:
      return "KEY_MISSING";
    case RefusalReason::kKeyNotVerified:
      return "KEY_NOT_VERIFIED";
    case RefusalReason::kExchangeBlocked:
      return "UPBIT_BLOCKED_418";
    case RefusalReason::kIntentOpen:
      return "INTENT_OPEN";
    case RefusalReason::kStrategyUnhealthy:
      return "STRATEGY_UNHEALTHY";
    case RefusalReason::kStrategyOff:
      return "STRATEGY_OFF";
    case RefusalReason::kAccountOff:
      return "KILL_SWITCH_OFF";
    case RefusalReason::kAccountExitsOnly:
      return "KILL_SWITCH_EXITS_ONLY";
    case RefusalReason::kMarketSuspended:
      return "MARKET_SUSPENDED";
    case RefusalReason::kMarketHasUnknown:
      return "MARKET_HAS_UNKNOWN";
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
    case RefusalReason::kDailyLoss:
      return "DAILY_LOSS";
    case RefusalReason::kMaxOpenMarkets:
      return "MAX_OPEN_MARKETS";
    case RefusalReason::kOrderRate:
      return "ORDER_RATE";
    case RefusalReason::kExposure:
      return "EXPOSURE_LIMIT";
    case RefusalReason::kAmountBlocked:
      return "AMOUNT_BLOCKED";
    case RefusalReason::kDust:
      return "DUST";
  }
  return "UNKNOWN";
}

}  // namespace everbit::trading

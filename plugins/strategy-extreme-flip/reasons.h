#pragma once

#include <cstdint>

namespace everbit::extreme_flip {

// Numbers of the manifest's reason table; never reused.
enum Reason : std::int32_t {
  kNoExtreme = 1,
  kExtremeDetectedOs = 2,
  kFlipNotConfirmed = 3,
  kWatchRestarted = 4,
  kWatchExpired = 5,
  kWatchRegimeChanged = 6,
  kFlipConfirmedBuy = 7,
  kRegimeWarmup = 8,
  kChaseBlocked = 9,
  kRegimeBlockedDownTrend = 10,
  kMacroExtremeMissing = 11,
  kDivergenceMissing = 12,
  kCapitulationMissing = 13,
  kLiquidityBlocked = 14,
  kCooldownBlocked = 15,
  kHold = 16,
  kSellWatchArmed = 17,
  kFlipConfirmedSellBias = 18,
  kRiskStoplossTriggered = 19,
  kRiskTakeprofitTriggered = 20,
  kRiskTrailingTriggered = 21,
  kTimeExitDownTrend = 22,
  kIntentPending = 23,
};

}  // namespace everbit::extreme_flip

#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace everbit::notify {

// What the owner is told of; each can be switched off.
enum class PushType {
  kOrderAccepted,
  kOrderFilled,
  kStopLoss,
  kExitRefused,
  kStrategyDown,
  kMarketSuspended,
  kBlocked418,
  kKillSwitchOff,
  kKeyExpiring,
  kRestarted,
  kBacktestDone,
};

inline constexpr std::array kPushTypes{
    PushType::kOrderAccepted, PushType::kOrderFilled,   PushType::kStopLoss,
    PushType::kExitRefused,   PushType::kStrategyDown,  PushType::kMarketSuspended,
    PushType::kBlocked418,    PushType::kKillSwitchOff, PushType::kKeyExpiring,
    PushType::kRestarted,     PushType::kBacktestDone};

// "ORDER_ACCEPTED"
std::string_view to_string(PushType type);
std::optional<PushType> parse_push_type(std::string_view text);

// How long a push service keeps it for a device that is off.
std::chrono::seconds time_to_live(PushType type);

}  // namespace everbit::notify

#include "notify/push_type.h"

#include <algorithm>

namespace everbit::notify {
namespace {

struct Known {
  PushType type;
  std::string_view name;
  bool critical;
};

constexpr std::array kKnown{Known{PushType::kOrderAccepted, "ORDER_ACCEPTED", false},
                            Known{PushType::kOrderFilled, "ORDER_FILLED", false},
                            Known{PushType::kStopLoss, "STOP_LOSS", true},
                            Known{PushType::kExitRefused, "EXIT_REFUSED", true},
                            Known{PushType::kStrategyDown, "STRATEGY_DOWN", true},
                            Known{PushType::kMarketSuspended, "MARKET_SUSPENDED", true},
                            Known{PushType::kBlocked418, "BLOCKED_418", true},
                            Known{PushType::kKillSwitchOff, "KILL_SWITCH_OFF", true},
                            Known{PushType::kKeyExpiring, "KEY_EXPIRING", false},
                            Known{PushType::kRestarted, "RESTARTED", false},
                            Known{PushType::kBacktestDone, "BACKTEST_DONE", false}};
static_assert(kKnown.size() == kPushTypes.size());

const Known& known(PushType type) {
  return *std::find_if(kKnown.begin(), kKnown.end(),
                       [&](const Known& one) { return one.type == type; });
}

}  // namespace

std::string_view to_string(PushType type) { return known(type).name; }

std::optional<PushType> parse_push_type(std::string_view text) {
  const auto found = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& one) { return one.name == text; });
  if (found == kKnown.end()) return std::nullopt;
  return found->type;
}

std::chrono::seconds time_to_live(PushType type) {
  return std::chrono::seconds(known(type).critical ? 3600 : 600);
}

}  // namespace everbit::notify

#include "plugins/strategy/decision.h"

#include <algorithm>

namespace everbit::plugins {

std::optional<Decimal> Plan::stop_price(Decimal average_price) const {
  if (has(EB_PLAN_STOP)) return stop;
  if (has(EB_PLAN_STOP_DISTANCE)) return std::max(average_price - stop_distance, Decimal());
  return std::nullopt;
}

std::optional<double> Decision::figure(std::string_view key) const {
  const auto found = std::ranges::find(figures, key, &std::pair<std::string, double>::first);
  return found == figures.end() ? std::nullopt : std::optional(found->second);
}

std::string_view intent_name(std::int32_t intent) {
  switch (intent) {
    case EB_INTENT_ENTRY:
      return "ENTRY";
    case EB_INTENT_EXIT_STOPLOSS:
      return "EXIT_STOPLOSS";
    case EB_INTENT_EXIT_TP:
      return "EXIT_TP";
    case EB_INTENT_EXIT_TRAIL:
      return "EXIT_TRAIL";
    case EB_INTENT_EXIT_TIME:
      return "EXIT_TIME";
    case EB_INTENT_EXIT_MANUAL:
      return "EXIT_MANUAL";
    default:
      return {};
  }
}

}  // namespace everbit::plugins

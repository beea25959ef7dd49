#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

#include "mock/decision.h"
#include "mock/instance.h"

// GoogleTest matchers for std::optional<mock::Decision>, as mock::Instance::feed returns it.
namespace everbit::mock {

MATCHER(Waits, "is a decision to do nothing") {
  return arg.has_value() && arg->action == EB_ACTION_NONE;
}

MATCHER(Buys, "is a buy that the strategy does not refuse itself") {
  return arg.has_value() && arg->action == EB_ACTION_BUY && arg->intent == EB_INTENT_ENTRY &&
         (arg->flags & EB_DECISION_REFUSED) == 0;
}

MATCHER_P(Sells, intent, "is a sale with that intent") {
  return arg.has_value() && arg->action == EB_ACTION_SELL && arg->intent == intent;
}

MATCHER_P(HasReason, number, "has that reason number") {
  return arg.has_value() && std::ranges::count(arg->reasons, number) > 0;
}

MATCHER(BreaksNoRule, "is an instance that has broken no rule of the ABI") {
  for (const auto& violation : arg.violations()) *result_listener << violation << "; ";
  return arg.violations().empty();
}

}  // namespace everbit::mock

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plugins/strategy/decision.h"

namespace everbit::trading {

// A position as a strategy was shown it, as the text that decision_input keeps, and back. Code
// RECORDING for a text that position_to_json() did not write.
std::string position_to_json(const plugins::PositionView& position);
Result<plugins::PositionView> position_from_json(std::string_view json);

}  // namespace everbit::trading

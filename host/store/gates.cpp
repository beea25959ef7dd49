#include "store/gates.h"

#include <algorithm>

namespace everbit::store {

bool KillSwitch::strategy_enabled(std::string_view key) const {
  return std::find(enabled_strategies.begin(), enabled_strategies.end(), key) !=
         enabled_strategies.end();
}

}  // namespace everbit::store

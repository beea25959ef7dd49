#include "trading/control/switch_words.h"

#include <algorithm>

namespace everbit::trading {

bool Restriction::stops(std::string_view strategy_key) const {
  return std::ranges::find(strategies_off, strategy_key) != strategies_off.end();
}

void Restriction::add(const Restriction& other) {
  position = std::max(position, other.position);
  strategies_off.insert(strategies_off.end(), other.strategies_off.begin(),
                        other.strategies_off.end());
  std::ranges::sort(strategies_off);
  const auto repeats = std::ranges::unique(strategies_off);
  strategies_off.erase(repeats.begin(), repeats.end());
}

}  // namespace everbit::trading

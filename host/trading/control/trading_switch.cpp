#include "trading/control/trading_switch.h"

namespace everbit::trading {

bool permits(AccountPosition position, IntentType type) {
  switch (position) {
    case AccountPosition::kOn:
      return true;
    case AccountPosition::kExitsOnly:
      return type != IntentType::kEntry;
    case AccountPosition::kOff:
      break;
  }
  return false;
}

void TradingSwitch::update(AccountPosition position, SteadyTime as_of) {
  position_.store(position);
  refresh(as_of);
}

void TradingSwitch::refresh(SteadyTime as_of) {
  read_at_ns_.store(as_of.time_since_epoch().count());
}

AccountPosition TradingSwitch::position() const {
  const std::int64_t read_at = read_at_ns_.load();
  const std::int64_t oldest =
      (clock_.steady_now() - std::chrono::nanoseconds(kMaxAge)).time_since_epoch().count();
  return read_at < oldest ? AccountPosition::kOff : position_.load();
}

}  // namespace everbit::trading

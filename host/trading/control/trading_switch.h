#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "trading/types.h"

namespace everbit::trading {

// Whether the position lets an intent of that type become an order (page 10's table).
bool permits(AccountPosition position, IntentType type);

// The kill switch as this process knows it, in memory: asked directly before the first byte of
// every create-order, so it must not block. Without a reading for 1 s it counts as OFF. Any thread.
class TradingSwitch {
 public:
  static constexpr std::chrono::seconds kMaxAge{1};

  explicit TradingSwitch(const Clock& clock) : clock_(clock) {}

  // What the database says; the reading began at `as_of`.
  void update(AccountPosition position, SteadyTime as_of);
  // It still says what it said.
  void refresh(SteadyTime as_of);

  AccountPosition position() const;
  bool permits(IntentType type) const { return trading::permits(position(), type); }

 private:
  const Clock& clock_;
  std::atomic<AccountPosition> position_{AccountPosition::kOff};
  std::atomic<std::int64_t> read_at_ns_{INT64_MIN};
};

}  // namespace everbit::trading

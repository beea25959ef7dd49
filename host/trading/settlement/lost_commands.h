#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "base/uuid.h"
#include "store/pool.h"
#include "trading/market/exchange_clock.h"
#include "trading/types.h"

namespace everbit::trading {

// Attempts that no command will bring to the executor any more. A command that died: its attempt is
// settled as its consumer would have done, for a process that ended in between. A PREPARED attempt
// past its freshness (an exit: 60 s) without a live command: SUSPENDED, COMMAND_LOST, its intent
// cancelled, with an alert. One thread at a time; blocks on the database.
class LostCommands {
 public:
  struct Parts {
    store::Pool& pool;
    const ExchangeClock& exchange_clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Uuid instance;
    std::chrono::seconds signal_period{900};
    // Executor::settle_dead
    std::function<bool(const Uuid& attempt)> settle_dead;
  };

  explicit LostCommands(Parts parts) : parts_(std::move(parts)) {}

  void look();

 private:
  void settle_dead();
  void suspend_lost();
  void suspend(const Uuid& attempt);

  Parts parts_;
};

}  // namespace everbit::trading

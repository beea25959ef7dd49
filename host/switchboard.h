#pragma once

#include <memory>

#include "base/clock.h"
#include "base/uuid.h"
#include "config/settings.h"
#include "events/bus.h"
#include "store/pool.h"
#include "trading/control/control_watcher.h"
#include "trading/control/kill_switch.h"
#include "trading/outbox.h"

namespace everbit {

// The kill switch of this process, whatever its roles: the flag in memory, the owner's hand on it,
// and what keeps both as the database and the state folder have them. Owned by the application,
// built before the roles and stopped after them.
class Switchboard {
 public:
  struct Parts {
    const config::Settings& settings;
    const Clock& clock;
    store::Pool& pool;
    store::OwnerId owner;
    Uuid owner_public_id;
    events::Bus& bus;
  };

  explicit Switchboard(Parts parts);
  Switchboard(const Switchboard&) = delete;
  Switchboard& operator=(const Switchboard&) = delete;

  void stop() { watcher_.stop(); }

  const trading::TradingSwitch& flag() const { return flag_; }
  trading::KillSwitch& kill_switch() { return kill_switch_; }

 private:
  Result<void> announce(store::Transaction& tx, const trading::SwitchMoved& moved);

  const store::OwnerId owner_;
  trading::Outbox outbox_;
  trading::TradingSwitch flag_;
  trading::KillSwitch kill_switch_;
  trading::ControlWatcher watcher_;
};

}  // namespace everbit

#pragma once

#include "base/clock.h"
#include "config/settings.h"
#include "store/pool.h"
#include "trading/control/kill_switch.h"

namespace everbit::cli {

// The kill switch for the length of one command: reads row and files itself, as nothing watches
// them here. A running daemon sees what it writes by the state file at once, and by the row.
class OwnSwitch {
 public:
  OwnSwitch(const config::Settings& settings, store::Pool& pool, Deadline deadline);

  // What the database says is in it; otherwise why it is not.
  const Result<void>& read() const { return read_; }
  trading::KillSwitch& kill_switch() { return kill_switch_; }
  trading::SwitchView view() const { return kill_switch_.view(); }
  // Who runs the command, for the audit.
  static trading::Actor actor();

 private:
  SystemClock clock_;
  trading::TradingSwitch flag_{clock_};
  trading::KillSwitch kill_switch_;
  Result<void> read_;
};

}  // namespace everbit::cli

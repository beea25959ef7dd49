#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "store/pool.h"
#include "trading/control/state_folder.h"
#include "trading/control/switch_rows.h"
#include "trading/control/trading_switch.h"

namespace everbit::trading {

// The owner's hand on the kill switch, for the API, the admin socket, the command line and for what
// switches by itself.
//
// Towards less trading: the flag in memory, then kill-switch.state, then the database; a database
// that does not answer is no failure (view().stored is false then, and store_pending() brings it
// there later). Towards more: the database must answer, and is asked first; refused with
// UPBIT_BLOCKED_418 while a block is in force, KILL_FILE_PRESENT while the owner's file lies in the
// state folder, ACCOUNT_CHANGED until the key's account is confirmed.
//
// Any thread; a call may wait for the database until its deadline, never in front of the flag.
class KillSwitch {
 public:
  struct Parts {
    store::Pool& pool;
    store::OwnerId owner;
    TradingSwitch& flag;
    StateFolder folder;
    const Clock& clock;
    std::string settings_strategy;  // known even if it never ran
    // Writes KillSwitchChanged into the transaction of the change; empty: nobody is told.
    std::function<Result<void>(store::Transaction&, const SwitchMoved&)> announce{};
  };

  explicit KillSwitch(Parts parts);

  // As this process obeys it; needs no database.
  SwitchView view() const { return parts_.flag.view(); }

  // What stands already is no change. Codes besides those above: STRATEGY_UNKNOWN,
  // COMMIT_UNDECIDED (towards more only: it may be stored or not), FILE_WRITE, those of the store.
  Result<SwitchView> change(const SwitchChange& change, const Actor& actor, Deadline deadline);
  // EXITS_ONLY with the flatten in force, and its end; the exits themselves are made by who obeys
  // it (pipeline/flatten.h). Needs the database.
  Result<SwitchView> begin_flatten(const Actor& actor, Deadline deadline);
  Result<SwitchView> end_flatten(const Actor& actor, Deadline deadline);

  // Towards less by itself: a 418, too many UNKNOWN, the daily loss. Never fails: the flag holds.
  void tighten(AccountPosition position, const std::string& reason_code);

  // Reads row and files into the flag; brings into the row what was ordered without the database.
  // Called every 100 ms by the watcher, and by programs that run without one.
  Result<void> refresh(Deadline deadline);
  void read_files();

 private:
  struct Order;

  Restriction less_of(const SwitchChange& change) const;
  void hold(const Restriction& less, const Actor& actor, const std::string& reason_code);
  Result<void> store(Order order, Deadline deadline);
  Result<void> write(store::TradingTransaction& tx, Order& order);
  Result<void> allow_more(store::TradingTransaction& tx) const;
  Result<void> know_strategy(store::TradingTransaction& tx, const std::string& key) const;
  Result<void> adopt(const Order& order, Deadline deadline);
  void forget(const std::string& strategy_key, const Actor& actor);
  Result<void> audit_owner_file(Deadline deadline);

  const Parts parts_;
  std::mutex mutex_;  // one change of the row at a time
  // The state file and the flag's orders move together; never held while the database is waited
  // for.
  std::mutex file_mutex_;
  std::uint64_t held_ = 0;  // how often something was ordered
  SteadyTime store_again_ = SteadyTime::min();
  std::optional<bool> audited_file_;
};

}  // namespace everbit::trading

#pragma once

#include <functional>
#include <list>

#include "events/bus.h"
#include "faults/seeded/run_database.h"
#include "faults/seeded/scheduler.h"
#include "trading/execution/executor.h"

namespace everbit::faults {

// Subscriptions of processes that died with a command in hand: nobody gave their lanes back.
using LeftBehind = std::list<events::Subscription>;

// The group order-executor on the real bus, one command at a time, as events::Dispatcher handles
// them but on the run's clock: the bus's own threads and waits have no part in it. A process that
// dies with a command in hand leaves its lane's lease behind.
class CommandTaker {
 public:
  struct Parts {
    Scheduler& scheduler;
    Choices& choices;
    RunDatabase& database;
    events::Bus& bus;
    trading::Executor& executor;
    LeftBehind& left_behind;
    const bool& chaos;
  };

  explicit CommandTaker(Parts parts) : parts_(parts) {}

  // False: there was none.
  bool take();

 private:
  class Lane;

  bool is_due();
  void handle(Lane& lane, const events::Delivery& delivery);

  Parts parts_;
};

}  // namespace everbit::faults

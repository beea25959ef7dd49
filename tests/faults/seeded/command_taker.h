#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "events/bus.h"
#include "faults/seeded/run_database.h"
#include "faults/seeded/scheduler.h"
#include "trading/execution/executor.h"

namespace everbit::faults {

// A subscription whose process died or stood still with a command in hand, so that nobody gave its
// lanes back; and the verdict that may come late.
struct Abandoned {
  events::Subscription subscription;
  std::optional<events::Settlement> verdict{};
  events::Delivery delivery{};
};
using LeftBehind = std::list<Abandoned>;

// The group order-executor on the real bus, one command at a time, as events::Dispatcher handles
// them but on the run's clock: the bus's own threads and waits have no part in it. A process that
// dies with a command in hand leaves its lane's lease behind; one that stands still gives its
// verdict late, perhaps when its lease has ended and somebody else has the lane.
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
    std::vector<std::string>& broken;  // what must not have happened
  };

  explicit CommandTaker(Parts parts) : parts_(parts) {}

  // False: there was none.
  bool take();

 private:
  class Lane;

  bool is_due();
  void handle(Lane& lane, const events::Delivery& delivery);
  void settle_late(Lane& lane, const events::Delivery& delivery, events::Settlement verdict);

  Parts parts_;
};

}  // namespace everbit::faults

#pragma once

#include <functional>

#include "faults/seeded/run_database.h"
#include "faults/seeded/scheduler.h"
#include "trading/control/switch_words.h"

namespace everbit::faults {

// The account's kill switch: the row, and what the processes know of it. The owner turns it off for
// a while; either the row knows first and the processes a moment later, or the other way round, as
// when the order came through the daemon. Owned by the run; used by whoever works.
class OwnerSwitch {
 public:
  struct Parts {
    Scheduler& scheduler;
    Choices& choices;
    RunDatabase& database;
    const Clock& clock;
    std::function<void()> changed;  // what the processes know
  };

  explicit OwnerSwitch(Parts parts);

  void turn_off();
  bool told_off() const { return told_off_; }
  bool row_says_off() const { return row_off_; }
  trading::SwitchReading reading() const;

 private:
  void tell(bool off);
  void write_row(bool off);

  Parts parts_;
  bool turned_off_ = false;
  bool told_off_ = false;
  bool row_off_ = false;
  std::int64_t version_ = 1;
};

}  // namespace everbit::faults

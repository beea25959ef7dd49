#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/timestamp.h"
#include "store/gates.h"
#include "store/pool.h"

namespace everbit::cli {

// What the database says of the switch. A process may be stricter: it counts files and commands
// too.
struct KillSwitchView {
  store::KillSwitch row;
  std::optional<std::string> changed_by;
  Timestamp changed_at;
  std::optional<Timestamp> blocked_until;  // a 418 block that is still in force
};

Result<KillSwitchView> read_kill_switch(store::Pool& pool, Deadline deadline);

// The object of GET kill-switch and `blockedUntil`; `stored` is true, as it comes from the
// database. A strategy that is not listed is off.
void write_json(JsonWriter& json, const KillSwitchView& view);
void print(std::ostream& out, const KillSwitchView& view);

}  // namespace everbit::cli

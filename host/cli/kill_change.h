#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/kill_switch_view.h"
#include "store/ids.h"

namespace everbit::cli {

// What the owner wants of the switch.
struct KillChange {
  struct Strategy {
    std::string key;
    bool enabled = false;
  };
  std::optional<store::AccountPosition> account;
  std::optional<Strategy> strategy;
};

// Who asks, and what stands in the way of more trading besides the database.
struct KillContext {
  std::string actor;  // "cli:1000"
  unsigned uid = 0;
  std::filesystem::path kill_file;  // <data.dir>/kill-switch.off
  std::string settings_strategy;    // the settings' strategy, which may not have run yet
};

// Changes the row, with an audit row for each part that moved, in one transaction; what stands
// already is left alone. Codes: UPBIT_BLOCKED_418 and KILL_FILE_PRESENT for a change towards more
// trading; STRATEGY_UNKNOWN; COMMIT_UNDECIDED when nobody knows whether it was stored; DB_*.
Result<void> change_kill_switch(store::Pool& pool, store::OwnerId owner, const KillChange& change,
                                const KillContext& context, Deadline deadline);

}  // namespace everbit::cli

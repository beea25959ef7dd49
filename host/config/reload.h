#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace everbit::config {

// What a re-read file changes: the keys that act at once and those that wait for a restart. A
// changed secret is none of them; secrets are read at start alone.
struct ReloadPlan {
  std::vector<std::string> running;
  std::vector<std::string> restart;

  bool empty() const { return running.empty() && restart.empty(); }
};

ReloadPlan plan_reload(const Settings& current, const Settings& next);

// `current` with the values of the plan's running keys; everything else stays as it was started.
Settings apply_reload(const Settings& current, const Settings& next, const ReloadPlan& plan);

}  // namespace everbit::config

#include "trading/settlement/lookup_plan.h"

#include <algorithm>
#include <array>

namespace everbit::trading {

using std::chrono::milliseconds;
using std::chrono::seconds;

seconds lookup_pause(int made) {
  constexpr std::array kPauses{1, 2, 5, 10, 30};
  const auto last = static_cast<int>(kPauses.size()) - 1;
  return seconds(kPauses[static_cast<std::size_t>(std::clamp(made, 0, last))]);
}

bool LookupPlan::is_due(const Uuid& attempt, milliseconds since, SteadyTime now) {
  const auto rest = std::max(milliseconds(0), milliseconds(lookup_pause(0)) - since);
  const auto [it, first] = next_.try_emplace(attempt, Next{0, now + rest, true});
  it->second.seen = true;
  return it->second.at <= now;
}

void LookupPlan::looked_up(const Uuid& attempt, SteadyTime now) {
  Next& next = next_[attempt];
  ++next.made;
  next.at = now + lookup_pause(next.made);
}

int LookupPlan::made(const Uuid& attempt) const {
  const auto found = next_.find(attempt);
  return found == next_.end() ? 0 : found->second.made;
}

void LookupPlan::forget_unseen() {
  std::erase_if(next_, [](const auto& entry) { return !entry.second.seen; });
  for (auto& [attempt, next] : next_) next.seen = false;
}

}  // namespace everbit::trading

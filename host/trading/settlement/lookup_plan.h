#pragma once

#include <chrono>
#include <map>

#include "base/clock.h"
#include "base/uuid.h"

namespace everbit::trading {

// The pause before look-up number `made` + 1: 1 s, 2 s, 5 s, 10 s, then every 30 s.
std::chrono::seconds lookup_pause(int made);

// When each UNKNOWN attempt is looked up next. Kept in memory: after a start every one is due as
// soon as it has been UNKNOWN for a second. One thread at a time.
class LookupPlan {
 public:
  // Whether the attempt, UNKNOWN for `since`, is due.
  bool is_due(const Uuid& attempt, std::chrono::milliseconds since, SteadyTime now);
  // It was looked up just now.
  void looked_up(const Uuid& attempt, SteadyTime now);
  int made(const Uuid& attempt) const;
  // Those not seen since the former call are settled: nothing more is known of them.
  void forget_unseen();

 private:
  struct Next {
    int made = 0;
    SteadyTime at;
    bool seen = true;
  };
  std::map<Uuid, Next> next_;
};

}  // namespace everbit::trading

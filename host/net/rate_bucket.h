#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace everbit::net {

// One rate group's tokens, with time passed in. A token comes back one period after it was taken,
// so that never more than the limit go out in any period, whichever way the exchange counts. Not
// thread-safe.
class RateBucket {
 public:
  RateBucket(int documented_limit, std::chrono::milliseconds period);

  // What a taken token knows when its answer comes.
  struct Taken {
    std::uint64_t serial = 0;
    bool was_first = false;  // no other token was out when it was taken
  };

  [[nodiscard]] int available(SteadyTime now);
  // Takes one; there must be one.
  Taken take(SteadyTime now);
  // When more than `leave` tokens will be there, if nothing else happens.
  [[nodiscard]] SteadyTime next_above(int leave, SteadyTime now);

  // The exchange says that `left` requests are left. Fewer than ours: ours go down. An answer to a
  // request that was alone also teaches the limit, which never passes the documented one.
  void report_left(int left, const Taken& taken, SteadyTime now);
  // An answer did not say: one token a period until the next that does.
  void report_unreadable() { fallback_ = true; }
  void pause(SteadyTime until);

  // Tokens that ordinary requests leave for urgent ones.
  [[nodiscard]] int reserve() const { return limit() / 4; }
  [[nodiscard]] int limit() const { return fallback_ ? 1 : limit_; }
  [[nodiscard]] bool is_fallback() const { return fallback_; }
  [[nodiscard]] bool is_paused(SteadyTime now) const { return paused_until_ > now; }

 private:
  void forget_returned(SteadyTime now);

  const int documented_limit_;
  const std::chrono::milliseconds period_;
  int limit_;
  bool fallback_ = false;
  std::uint64_t last_serial_ = 0;
  std::deque<SteadyTime> returns_;  // when each token that is out comes back, ascending
  SteadyTime paused_until_ = SteadyTime::min();
};

}  // namespace everbit::net

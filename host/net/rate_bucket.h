#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace everbit::net {

// One rate group's tokens, with time passed in. A taken token comes back one period after its call
// has ended, never earlier: between two requests made with it the exchange then sees a whole period
// however long either was on its way, so that no period holds more than the limit, whichever way
// the exchange counts. Not thread-safe.
class RateBucket {
 public:
  RateBucket(int documented_limit, std::chrono::milliseconds period);

  // The exchange's clock and ours do not cut time into the same pieces.
  static constexpr std::chrono::milliseconds kMargin{20};

  // What a taken token knows when its answer comes.
  struct Taken {
    std::uint64_t serial = 0;
    bool was_first = false;  // no other token was away when it was taken
  };

  [[nodiscard]] int available(SteadyTime now);
  // Takes one; there must be one. Every token taken is given back once.
  Taken take(SteadyTime now);
  // The call has ended, answered or not: the token comes back a period from now.
  void give_back(SteadyTime now);
  // When more than `leave` tokens will be there, if no call under way ends before;
  // SteadyTime::max() if only that could help.
  [[nodiscard]] SteadyTime next_above(int leave, SteadyTime now);

  // The exchange says that `left` requests are left; of these the calls still under way may be as
  // many. Fewer than ours: ours go down. An answer to a request that was alone also teaches the
  // limit, which never passes the documented one. Called after give_back().
  void report_left(int left, const Taken& taken, SteadyTime now);
  // An answer did not say: one token a period until the next that does.
  void report_unreadable() { fallback_ = true; }
  void pause(SteadyTime until);
  // Gives out at most so many a period, whatever else is known.
  void cap(int most) { most_ = most; }

  // Tokens that ordinary requests leave for urgent ones.
  [[nodiscard]] int reserve() const { return limit() / 4; }
  [[nodiscard]] int limit() const { return fallback_ ? 1 : std::min(limit_, most_); }
  [[nodiscard]] bool is_fallback() const { return fallback_; }
  [[nodiscard]] bool is_paused(SteadyTime now) const { return paused_until_ > now; }

 private:
  void forget_returned(SteadyTime now);
  [[nodiscard]] int away() const { return under_way_ + static_cast<int>(returns_.size()); }

  const int documented_limit_;
  const std::chrono::milliseconds period_;
  int limit_;
  int most_;
  bool fallback_ = false;
  std::uint64_t last_serial_ = 0;
  int under_way_ = 0;
  std::deque<SteadyTime> returns_;  // when each token whose call has ended comes back, ascending
  SteadyTime paused_until_ = SteadyTime::min();
};

}  // namespace everbit::net

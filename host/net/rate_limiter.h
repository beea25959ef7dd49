#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/result.h"
#include "net/http_types.h"

namespace everbit::net {

// A 418 on one side does not block the other.
enum class RateSide { kQuotation, kExchange };

// Who goes first when tokens are short. The last quarter of a group's tokens is kept for the first
// two.
enum class RatePriority { kExit, kLookup, kEntry, kBackground };

struct RateGroup {
  std::string name;  // ours, one per endpoint group; the name in Remaining-Req is not trusted
  RateSide side = RateSide::kQuotation;
  int limit = 1;  // the documented limit; what the exchange reports can only lower it
  std::chrono::milliseconds period{1000};
};

class RateLimiter;
class SharedBudget;

// A token that was taken and may be spent on one request. Move-only. It is kept until the call has
// ended: one period after that, or after its answer was reported, the token is there again. Whoever
// spends it reports the answer, so that the limiter learns.
class RatePermit {
 public:
  RatePermit(RatePermit&& other) noexcept = default;
  RatePermit& operator=(RatePermit&& other) noexcept = default;
  RatePermit(const RatePermit&) = delete;
  RatePermit& operator=(const RatePermit&) = delete;

  // An answer came: Remaining-Req is read, 429 pauses the group, 418 blocks the side.
  void report(const HttpResponse& response) const;

 private:
  friend class RateLimiter;
  struct Grant;
  explicit RatePermit(std::shared_ptr<const Grant> grant) : grant_(std::move(grant)) {}
  std::shared_ptr<const Grant> grant_;
};

struct RateGroupState {
  std::string name;
  int limit = 0;      // as learned
  int available = 0;  // tokens that can be taken now
  std::size_t waiting = 0;
  bool paused = false;
  bool fallback = false;  // one request a period, because Remaining-Req could not be read
};

// Keeps every request to the exchange within its limits, one token bucket a rate group, so that a
// 429 never teaches us anything. A token comes back one period after its call has ended, which
// holds whether the exchange counts by bucket or by window, and however long a request is on its
// way. A group falls back to one request a period while the header cannot be read.
//
// With a SharedBudget the quotation groups are spent together with other processes: a token then is
// one of Redis and one of ours. While Redis is silent a process keeps to a quarter of each,
// beginning a period later (what Redis gave before still counts), and for three seconds after it is
// back (the others may not have seen it yet). Exchange groups are the trader's alone and never
// shared.
//
// Any thread. Waiting is bounded by the deadline and by 256 waiters a group. Must outlive its
// permits' users; waiters still there at destruction get RATE_STOPPED.
class RateLimiter {
 public:
  using Handler = std::function<void(Result<RatePermit>)>;

  // `timers` runs the wake-ups. With a ManualClock call wake() after moving it.
  // `shared` outlives the limiter.
  RateLimiter(const Clock& clock, const boost::asio::any_io_executor& timers,
              const std::vector<RateGroup>& groups, SharedBudget* shared = nullptr);
  ~RateLimiter();
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  // Takes a token now or later; `handler` is posted to `executor` exactly once. Codes:
  // RATE_TIMEOUT, RATE_BLOCKED (418), RATE_QUEUE_FULL, RATE_GROUP_UNKNOWN, RATE_STOPPED.
  void acquire(std::string_view group, RatePriority priority, Deadline deadline,
               boost::asio::any_io_executor executor, Handler handler);
  // The same for a thread that may wait; never on an I/O thread.
  Result<RatePermit> acquire_blocking(std::string_view group, RatePriority priority,
                                      Deadline deadline);

  // Sets the end of a side's block: the time Upbit named, or the one stored from before a restart.
  // A time in the past ends the block.
  void block_side(RateSide side, SteadyTime until);
  // The end of the block; a moment in the past if there is none.
  SteadyTime blocked_until(RateSide side) const;

  std::vector<RateGroupState> state() const;
  // Gives out what has become due. The limiter's own timer does this by itself.
  void wake();

 private:
  friend class RatePermit;
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace everbit::net

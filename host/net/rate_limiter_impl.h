#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "net/rate_bucket.h"
#include "net/rate_limiter.h"
#include "net/shared_budget.h"

// For the limiter's own .cpp files: rate_limiter (what others see), rate_queue (who waits and who
// gets a token), rate_answers (what the exchange's answers teach), rate_sharing (Redis).
namespace everbit::net {

struct RatePermit::Grant {
  Grant(std::weak_ptr<RateLimiter::Impl> limiter_in, std::string group_in,
        RateBucket::Taken taken_in, std::string shared_token_in)
      : limiter(std::move(limiter_in)),
        group(std::move(group_in)),
        taken(taken_in),
        shared_token(std::move(shared_token_in)) {}
  ~Grant();
  Grant(const Grant&) = delete;
  Grant& operator=(const Grant&) = delete;

  const std::weak_ptr<RateLimiter::Impl> limiter;
  const std::string group;
  const RateBucket::Taken taken;
  const std::string shared_token;   // empty: not of Redis
  mutable bool given_back = false;  // guarded by the limiter's mutex
};

class RateLimiter::Impl : public std::enable_shared_from_this<RateLimiter::Impl> {
 public:
  Impl(const Clock& clock, const boost::asio::any_io_executor& timers, SharedBudget* shared)
      : clock_(clock), timer_(timers), shared_(shared) {}

  void add(const RateGroup& group);
  void acquire(std::string_view group, RatePriority priority, Deadline deadline,
               boost::asio::any_io_executor executor, Handler handler);
  void report(const RatePermit::Grant& grant, const HttpResponse& response);
  void give_back(const RatePermit::Grant& grant);
  void block(RateSide side, SteadyTime until);
  SteadyTime blocked_until(RateSide side) const;
  std::vector<RateGroupState> state();
  void wake();
  void stop();
  boost::asio::any_io_executor executor() { return timer_.get_executor(); }

 private:
  struct Waiter {
    RatePriority priority;
    Deadline deadline;
    boost::asio::any_io_executor executor;
    Handler handler;
  };
  struct Group {
    RateSide side;
    RateBucket bucket;
    SharedGroup spec;
    std::deque<Waiter> waiters;  // by priority, then as they came
    bool asking = false;         // Redis has a question of this group
    SteadyTime ask_at = SteadyTime::min();

    [[nodiscard]] bool is_urgent() const {
      return waiters.front().priority <= RatePriority::kLookup;
    }
  };
  struct Side {
    SteadyTime blocked_until = SteadyTime::min();
    int blocks = 0;
  };

  Side& side(RateSide which) { return sides_[which == RateSide::kExchange ? 1 : 0]; }
  const Side& side(RateSide which) const { return sides_[which == RateSide::kExchange ? 1 : 0]; }
  void end(Group& group, const RatePermit::Grant& grant, SteadyTime now, int left = -1,
           std::chrono::milliseconds pause = {});
  [[nodiscard]] bool asks_redis(const Group& group) const {
    return shared_ != nullptr && group.side == RateSide::kQuotation && !alone_;
  }
  void follow_redis(SteadyTime now);
  void ask_redis(const std::string& name, Group& group, SteadyTime now);
  void redis_answered(const std::string& name, Result<SharedGrant> grant);
  void grant_one(const std::string& name, Group& group, SteadyTime now, std::string shared_token);
  void learn(const std::string& name, Group& group, const RatePermit::Grant& grant,
             const HttpResponse& response, SteadyTime now);
  void block_after_418(RateSide which, const HttpResponse& response, SteadyTime now);
  void refuse_all(Group& group, const char* code, const char* message);
  void grant_due(const std::string& name, Group& group, SteadyTime now);
  void drop_expired(Group& group, SteadyTime now);
  std::optional<SteadyTime> next_event(Group& group, SteadyTime now);
  void run(SteadyTime now);
  void set_timer(SteadyTime now);
  static void answer(Waiter& waiter, Result<RatePermit> result);

  const Clock& clock_;
  mutable std::mutex mutex_;
  boost::asio::steady_timer timer_;
  SharedBudget* const shared_;
  bool alone_ = false;  // Redis is silent
  std::optional<SteadyTime> whole_again_at_;
  std::map<std::string, Group, std::less<>> groups_;
  std::array<Side, 2> sides_;
  bool stopped_ = false;
};

}  // namespace everbit::net

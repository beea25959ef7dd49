#include "net/rate_limiter.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/log.h"
#include "net/rate_bucket.h"
#include "net/remaining_req.h"

namespace everbit::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxWaiters = 256;
// Contains a boundary of the exchange's seconds, whatever its clock says.
constexpr std::chrono::milliseconds kPauseAfter429{1050};
constexpr std::chrono::seconds kPauseAfterOrigin{10};
constexpr std::chrono::seconds kFirstBlock{60};
constexpr int kMaxDoublings = 6;
constexpr int kMaxRetryAfter = 3600;

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response) {
  const std::string_view text = response.header("retry-after");
  int seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc{} || stopped != end || seconds < 1) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, kMaxRetryAfter));
}

std::string_view to_string(RateSide side) {
  return side == RateSide::kExchange ? "exchange" : "quotation";
}

}  // namespace

struct RatePermit::Grant {
  Grant(std::weak_ptr<RateLimiter::Impl> limiter_in, std::string group_in,
        RateBucket::Taken taken_in)
      : limiter(std::move(limiter_in)), group(std::move(group_in)), taken(taken_in) {}
  ~Grant();
  Grant(const Grant&) = delete;
  Grant& operator=(const Grant&) = delete;

  const std::weak_ptr<RateLimiter::Impl> limiter;
  const std::string group;
  const RateBucket::Taken taken;
  mutable bool given_back = false;  // guarded by the limiter's mutex
};

class RateLimiter::Impl : public std::enable_shared_from_this<RateLimiter::Impl> {
 public:
  Impl(const Clock& clock, asio::any_io_executor timers)
      : clock_(clock), timer_(std::move(timers)) {}

  void add(const RateGroup& group);
  void acquire(std::string_view group, RatePriority priority, Deadline deadline,
               asio::any_io_executor executor, Handler handler);
  void report(const RatePermit::Grant& grant, const HttpResponse& response);
  void give_back(const RatePermit::Grant& grant);
  void block(RateSide side, SteadyTime until);
  SteadyTime blocked_until(RateSide side) const;
  std::vector<RateGroupState> state();
  void wake();
  void stop();
  asio::any_io_executor executor() { return timer_.get_executor(); }

 private:
  struct Waiter {
    RatePriority priority;
    Deadline deadline;
    asio::any_io_executor executor;
    Handler handler;
  };
  struct Group {
    RateSide side;
    RateBucket bucket;
    std::deque<Waiter> waiters;  // by priority, then as they came
  };
  struct Side {
    SteadyTime blocked_until = SteadyTime::min();
    int blocks = 0;
  };

  Side& side(RateSide which) { return sides_[which == RateSide::kExchange ? 1 : 0]; }
  const Side& side(RateSide which) const { return sides_[which == RateSide::kExchange ? 1 : 0]; }
  static void end(Group& group, const RatePermit::Grant& grant, SteadyTime now);
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
  asio::steady_timer timer_;
  std::map<std::string, Group, std::less<>> groups_;
  std::array<Side, 2> sides_;
  bool stopped_ = false;
};

void RateLimiter::Impl::add(const RateGroup& group) {
  groups_.emplace(group.name, Group{group.side, RateBucket(group.limit, group.period), {}});
}

void RateLimiter::Impl::answer(Waiter& waiter, Result<RatePermit> result) {
  auto shared = std::make_shared<Result<RatePermit>>(std::move(result));
  asio::post(waiter.executor,
             [handler = std::move(waiter.handler), shared] { handler(std::move(*shared)); });
}

void RateLimiter::Impl::acquire(std::string_view name, RatePriority priority, Deadline deadline,
                                asio::any_io_executor executor, Handler handler) {
  Waiter waiter{priority, deadline, std::move(executor), std::move(handler)};
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  const auto found = groups_.find(name);
  if (stopped_) return answer(waiter, Error("RATE_STOPPED", "the rate limiter has stopped"));
  if (found == groups_.end()) {
    return answer(waiter, Error("RATE_GROUP_UNKNOWN", "no such rate group", std::string(name)));
  }
  Group& group = found->second;
  if (side(group.side).blocked_until > now) {
    return answer(waiter, Error("RATE_BLOCKED", "blocked by an earlier 418", std::string(name)));
  }
  if (group.waiters.size() >= kMaxWaiters) {
    return answer(waiter, Error("RATE_QUEUE_FULL", "too many wait for a token", std::string(name)));
  }
  const auto after = std::upper_bound(
      group.waiters.begin(), group.waiters.end(), priority,
      [](RatePriority wanted, const Waiter& other) { return wanted < other.priority; });
  group.waiters.insert(after, std::move(waiter));
  run(now);
}

void RateLimiter::Impl::drop_expired(Group& group, SteadyTime now) {
  std::erase_if(group.waiters, [now](Waiter& waiter) {
    if (waiter.deadline.time() > now) return false;
    answer(waiter, Error("RATE_TIMEOUT", "no token before the deadline"));
    return true;
  });
}

void RateLimiter::Impl::grant_due(const std::string& name, Group& group, SteadyTime now) {
  while (!group.waiters.empty()) {
    Waiter& waiter = group.waiters.front();
    const bool urgent = waiter.priority <= RatePriority::kLookup;
    if (group.bucket.available(now) <= (urgent ? 0 : group.bucket.reserve())) return;
    answer(waiter, RatePermit(std::make_shared<const RatePermit::Grant>(weak_from_this(), name,
                                                                        group.bucket.take(now))));
    group.waiters.pop_front();
  }
}

std::optional<SteadyTime> RateLimiter::Impl::next_event(Group& group, SteadyTime now) {
  if (group.waiters.empty()) return std::nullopt;
  const bool urgent = group.waiters.front().priority <= RatePriority::kLookup;
  SteadyTime next = group.bucket.next_above(urgent ? 0 : group.bucket.reserve(), now);
  for (const Waiter& waiter : group.waiters) next = std::min(next, waiter.deadline.time());
  return next;
}

void RateLimiter::Impl::run(SteadyTime now) {
  for (auto& [name, group] : groups_) {
    drop_expired(group, now);
    grant_due(name, group, now);
  }
  set_timer(now);
}

void RateLimiter::Impl::set_timer(SteadyTime now) {
  std::optional<SteadyTime> next;
  for (auto& [name, group] : groups_) {
    const std::optional<SteadyTime> event = next_event(group, now);
    if (event && (!next || *event < *next)) next = event;
  }
  if (!next) {
    timer_.cancel();
    return;
  }
  // A millisecond at least, so that a clock that stands still does not spin.
  const std::chrono::nanoseconds left = *next > now ? *next - now : std::chrono::nanoseconds(0);
  timer_.expires_after(std::clamp<std::chrono::nanoseconds>(left, std::chrono::milliseconds(1),
                                                            std::chrono::hours(1)));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->wake();
  });
}

void RateLimiter::Impl::wake() {
  const std::lock_guard lock(mutex_);
  if (!stopped_) run(clock_.steady_now());
}

void RateLimiter::Impl::refuse_all(Group& group, const char* code, const char* message) {
  for (Waiter& waiter : group.waiters) answer(waiter, Error(code, message));
  group.waiters.clear();
}

void RateLimiter::Impl::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.cancel();
  for (auto& [name, group] : groups_) {
    refuse_all(group, "RATE_STOPPED", "the rate limiter has stopped");
  }
}

void RateLimiter::Impl::block(RateSide which, SteadyTime until) {
  const std::lock_guard lock(mutex_);
  side(which).blocked_until = until;
  if (until <= clock_.steady_now()) return;
  for (auto& [name, group] : groups_) {
    if (group.side == which) refuse_all(group, "RATE_BLOCKED", "blocked by an earlier 418");
  }
}

SteadyTime RateLimiter::Impl::blocked_until(RateSide which) const {
  const std::lock_guard lock(mutex_);
  return side(which).blocked_until;
}

void RateLimiter::Impl::block_after_418(RateSide which, const HttpResponse& response,
                                        SteadyTime now) {
  Side& blocked = side(which);
  const auto doubled = kFirstBlock * (1 << std::min(blocked.blocks, kMaxDoublings));
  ++blocked.blocks;
  const auto time = retry_after(response).value_or(doubled);
  blocked.blocked_until = std::max(blocked.blocked_until, now + time);
  log_critical("rate_side_blocked", {{"side", to_string(which)}, {"seconds", time.count()}});
  for (auto& [name, group] : groups_) {
    if (group.side == which) refuse_all(group, "RATE_BLOCKED", "blocked by a 418");
  }
}

void RateLimiter::Impl::learn(const std::string& name, Group& group, const RatePermit::Grant& grant,
                              const HttpResponse& response, SteadyTime now) {
  const auto remaining = parse_remaining_req(response.header("remaining-req"));
  if (remaining) {
    group.bucket.report_left(remaining->sec, grant.taken, now);
    if (remaining->group == "origin") {
      log_error("rate_origin_rule_hit", {{"group", name}});
      group.bucket.pause(now + kPauseAfterOrigin);
    }
  } else if (response.status < 500) {
    if (!group.bucket.is_fallback()) log_warn("rate_header_unreadable", {{"group", name}});
    group.bucket.report_unreadable();
  }
}

void RateLimiter::Impl::end(Group& group, const RatePermit::Grant& grant, SteadyTime now) {
  if (std::exchange(grant.given_back, true)) return;
  group.bucket.give_back(now);
}

void RateLimiter::Impl::give_back(const RatePermit::Grant& grant) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(grant.group);
  if (stopped_ || found == groups_.end()) return;
  const SteadyTime now = clock_.steady_now();
  end(found->second, grant, now);
  run(now);
}

void RateLimiter::Impl::report(const RatePermit::Grant& grant, const HttpResponse& response) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(grant.group);
  if (stopped_ || found == groups_.end()) return;
  Group& group = found->second;
  const SteadyTime now = clock_.steady_now();
  end(group, grant, now);
  if (response.status == 418) {
    block_after_418(group.side, response, now);
  } else if (response.status == 429) {
    log_warn("rate_limit_hit", {{"group", grant.group}});
    const auto named = retry_after(response);
    group.bucket.pause(now + (named ? std::chrono::milliseconds(*named) : kPauseAfter429));
  } else {
    if (response.status >= 200 && response.status < 300) side(group.side).blocks = 0;
    learn(grant.group, group, grant, response, now);
  }
  run(now);
}

std::vector<RateGroupState> RateLimiter::Impl::state() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  std::vector<RateGroupState> states;
  for (auto& [name, group] : groups_) {
    states.push_back({name, group.bucket.limit(), group.bucket.available(now), group.waiters.size(),
                      group.bucket.is_paused(now), group.bucket.is_fallback()});
  }
  return states;
}

RatePermit::Grant::~Grant() {
  const auto alive = limiter.lock();
  if (alive) alive->give_back(*this);
}

void RatePermit::report(const HttpResponse& response) const {
  const auto limiter = grant_->limiter.lock();
  if (limiter) limiter->report(*grant_, response);
}

RateLimiter::RateLimiter(const Clock& clock, asio::any_io_executor timers,
                         std::vector<RateGroup> groups)
    : impl_(std::make_shared<Impl>(clock, std::move(timers))) {
  for (const RateGroup& group : groups) impl_->add(group);
}

RateLimiter::~RateLimiter() { impl_->stop(); }

void RateLimiter::acquire(std::string_view group, RatePriority priority, Deadline deadline,
                          asio::any_io_executor executor, Handler handler) {
  impl_->acquire(group, priority, deadline, std::move(executor), std::move(handler));
}

Result<RatePermit> RateLimiter::acquire_blocking(std::string_view group, RatePriority priority,
                                                 Deadline deadline) {
  const auto promise = std::make_shared<std::promise<Result<RatePermit>>>();
  auto future = promise->get_future();
  impl_->acquire(group, priority, deadline, impl_->executor(),
                 [promise](Result<RatePermit> result) { promise->set_value(std::move(result)); });
  return future.get();
}

void RateLimiter::block_side(RateSide side, SteadyTime until) { impl_->block(side, until); }

SteadyTime RateLimiter::blocked_until(RateSide side) const { return impl_->blocked_until(side); }

std::vector<RateGroupState> RateLimiter::state() const { return impl_->state(); }

void RateLimiter::wake() { impl_->wake(); }

}  // namespace everbit::net

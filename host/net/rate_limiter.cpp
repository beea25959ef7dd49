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
#include "net/shared_budget.h"

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
// Of each shared group, while Redis is silent.
constexpr int kShareAlone = 4;
constexpr std::chrono::seconds kWholeAgainAfter{3};
constexpr std::size_t kMostAskedAtOnce = 8;
constexpr std::chrono::milliseconds kAskAgainAfterError{100};

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
  Impl(const Clock& clock, asio::any_io_executor timers, SharedBudget* shared)
      : clock_(clock), timer_(std::move(timers)), shared_(shared) {}

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
  asio::steady_timer timer_;
  SharedBudget* const shared_;
  bool alone_ = false;  // Redis is silent
  std::optional<SteadyTime> whole_again_at_;
  std::map<std::string, Group, std::less<>> groups_;
  std::array<Side, 2> sides_;
  bool stopped_ = false;
};

void RateLimiter::Impl::add(const RateGroup& group) {
  groups_.emplace(group.name, Group{group.side,
                                    RateBucket(group.limit, group.period),
                                    {group.name, group.limit, group.period},
                                    {}});
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
  if (asks_redis(group)) return ask_redis(name, group, now);
  while (!group.waiters.empty()) {
    const int leave = group.is_urgent() ? 0 : group.bucket.reserve();
    if (group.bucket.available(now) <= leave) return;
    grant_one(name, group, now, {});
  }
}

void RateLimiter::Impl::grant_one(const std::string& name, Group& group, SteadyTime now,
                                  std::string shared_token) {
  answer(group.waiters.front(),
         RatePermit(std::make_shared<const RatePermit::Grant>(
             weak_from_this(), name, group.bucket.take(now), std::move(shared_token))));
  group.waiters.pop_front();
}

// Takes notice of Redis falling silent and coming back.
void RateLimiter::Impl::follow_redis(SteadyTime now) {
  if (shared_ == nullptr) return;
  const bool silent = shared_->is_silent();
  if (silent && !alone_) {
    for (auto& [name, group] : groups_) {
      if (group.side != RateSide::kQuotation) continue;
      group.bucket.cap(std::max(1, group.spec.limit / kShareAlone));
      group.bucket.pause(now + group.spec.period + RateBucket::kMargin);
    }
  }
  if (!silent && alone_) whole_again_at_ = now + kWholeAgainAfter;
  alone_ = silent;
  if (alone_ || !whole_again_at_ || now < *whole_again_at_) return;
  whole_again_at_.reset();
  for (auto& [name, group] : groups_) group.bucket.cap(group.spec.limit);
}

void RateLimiter::Impl::ask_redis(const std::string& name, Group& group, SteadyTime now) {
  if (group.asking || group.waiters.empty() || now < group.ask_at) return;
  const bool urgent = group.is_urgent();
  const int ours = group.bucket.available(now) - (urgent ? 0 : group.bucket.reserve());
  if (ours <= 0) return;
  const auto want =
      std::min({static_cast<std::size_t>(ours), group.waiters.size(), kMostAskedAtOnce});
  group.asking = true;
  auto taken = [weak = weak_from_this(), name,
                executor = timer_.get_executor()](Result<SharedGrant> grant) {
    asio::post(executor, [weak, name, grant = std::move(grant)]() mutable {
      if (const auto self = weak.lock()) self->redis_answered(name, std::move(grant));
    });
  };
  shared_->take(group.spec, static_cast<int>(want), urgent ? 0 : group.spec.limit / 4,
                std::move(taken));
}

void RateLimiter::Impl::redis_answered(const std::string& name, Result<SharedGrant> grant) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  Group& group = groups_.find(name)->second;
  group.asking = false;
  if (!grant) {
    group.ask_at = now + kAskAgainAfterError;
  } else if (grant->tokens.empty()) {
    group.ask_at = now + grant->ask_again;
  } else {
    drop_expired(group, now);
    for (const std::string& token : grant->tokens) {
      if (group.waiters.empty() || stopped_) {
        shared_->give_back(group.spec, token, -1, {});
      } else {
        grant_one(name, group, now, token);
      }
    }
  }
  if (!stopped_) run(now);
}

std::optional<SteadyTime> RateLimiter::Impl::next_event(Group& group, SteadyTime now) {
  if (group.waiters.empty()) return std::nullopt;
  SteadyTime next = group.bucket.next_above(group.is_urgent() ? 0 : group.bucket.reserve(), now);
  if (asks_redis(group)) next = group.asking ? SteadyTime::max() : std::max(next, group.ask_at);
  for (const Waiter& waiter : group.waiters) next = std::min(next, waiter.deadline.time());
  return next;
}

void RateLimiter::Impl::run(SteadyTime now) {
  follow_redis(now);
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

// `left` and `pause` are what the answer said to all who share the group.
void RateLimiter::Impl::end(Group& group, const RatePermit::Grant& grant, SteadyTime now, int left,
                            std::chrono::milliseconds pause) {
  if (std::exchange(grant.given_back, true)) return;
  group.bucket.give_back(now);
  if (!grant.shared_token.empty()) shared_->give_back(group.spec, grant.shared_token, left, pause);
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
  if (response.status == 418) {
    end(group, grant, now);
    block_after_418(group.side, response, now);
  } else if (response.status == 429) {
    log_warn("rate_limit_hit", {{"group", grant.group}});
    const auto named = retry_after(response);
    const auto pause = named ? std::chrono::milliseconds(*named) : kPauseAfter429;
    end(group, grant, now, -1, pause);
    group.bucket.pause(now + pause);
  } else {
    const auto remaining = parse_remaining_req(response.header("remaining-req"));
    end(group, grant, now, remaining ? remaining->sec : -1);
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
                         std::vector<RateGroup> groups, SharedBudget* shared)
    : impl_(std::make_shared<Impl>(clock, std::move(timers), shared)) {
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

#include "net/rate_limiter_impl.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace everbit::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxWaiters = 256;

}  // namespace

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

void RateLimiter::Impl::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.cancel();
  for (auto& [name, group] : groups_) {
    refuse_all(group, "RATE_STOPPED", "the rate limiter has stopped");
  }
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

}  // namespace everbit::net

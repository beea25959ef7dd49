#include "net/rate_limiter.h"

#include <future>

#include "net/rate_limiter_impl.h"

namespace everbit::net {

namespace asio = boost::asio;

RatePermit::Grant::~Grant() {
  const auto alive = limiter.lock();
  if (alive) alive->give_back(*this);
}

void RatePermit::report(const HttpResponse& response) const {
  const auto limiter = grant_->limiter.lock();
  if (limiter) limiter->report(*grant_, response);
}

RateLimiter::RateLimiter(const Clock& clock, const asio::any_io_executor& timers,
                         const std::vector<RateGroup>& groups, SharedBudget* shared)
    : impl_(std::make_shared<Impl>(clock, timers, shared)) {
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

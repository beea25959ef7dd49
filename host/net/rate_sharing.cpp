#include "net/rate_limiter_impl.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace everbit::net {

namespace asio = boost::asio;

namespace {

// Of each shared group, while Redis is silent.
constexpr int kShareAlone = 4;
constexpr std::chrono::seconds kWholeAgainAfter{3};
constexpr std::size_t kMostAskedAtOnce = 8;
constexpr std::chrono::milliseconds kAskAgainAfterError{100};

}  // namespace

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

}  // namespace everbit::net

#include "net/rate_bucket.h"

#include <algorithm>

namespace everbit::net {

RateBucket::RateBucket(int documented_limit, std::chrono::milliseconds period)
    : documented_limit_(std::max(1, documented_limit)),
      period_(std::max(period, std::chrono::milliseconds(1)) + kMargin),
      limit_(documented_limit_),
      most_(documented_limit_) {}

void RateBucket::forget_returned(SteadyTime now) {
  while (!returns_.empty() && returns_.front() <= now) returns_.pop_front();
}

int RateBucket::available(SteadyTime now) {
  forget_returned(now);
  if (is_paused(now)) return 0;
  return std::max(0, limit() - away());
}

RateBucket::Taken RateBucket::take(SteadyTime now) {
  forget_returned(now);
  const bool was_first = away() == 0;
  ++under_way_;
  return {++last_serial_, was_first};
}

void RateBucket::give_back(SteadyTime now) {
  forget_returned(now);
  under_way_ = std::max(0, under_way_ - 1);
  returns_.push_back(now + period_);
}

SteadyTime RateBucket::next_above(int leave, SteadyTime now) {
  forget_returned(now);
  const int must_return = away() + leave + 1 - limit();
  if (must_return <= 0) return std::max(now, paused_until_);
  const auto index = static_cast<std::size_t>(must_return) - 1;
  if (index >= returns_.size()) return SteadyTime::max();
  return std::max(returns_[index], paused_until_);
}

void RateBucket::report_left(int left, const Taken& taken, SteadyTime now) {
  fallback_ = false;
  if (taken.was_first && taken.serial == last_serial_) {
    limit_ = std::clamp(left + 1, 1, documented_limit_);
  }
  forget_returned(now);
  const int ours = limit() - away();
  const int theirs = std::max(0, left - under_way_);
  for (int excess = ours - theirs; excess > 0; --excess) returns_.push_back(now + period_);
}

void RateBucket::pause(SteadyTime until) { paused_until_ = std::max(paused_until_, until); }

}  // namespace everbit::net

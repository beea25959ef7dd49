#include "net/rate_bucket.h"

#include <algorithm>

namespace everbit::net {

RateBucket::RateBucket(int documented_limit, std::chrono::milliseconds period)
    : documented_limit_(std::max(1, documented_limit)),
      period_(std::max(period, std::chrono::milliseconds(1))),
      limit_(documented_limit_) {}

void RateBucket::forget_returned(SteadyTime now) {
  while (!returns_.empty() && returns_.front() <= now) returns_.pop_front();
}

int RateBucket::available(SteadyTime now) {
  forget_returned(now);
  if (is_paused(now)) return 0;
  return std::max(0, limit() - static_cast<int>(returns_.size()));
}

RateBucket::Taken RateBucket::take(SteadyTime now) {
  forget_returned(now);
  const bool was_first = returns_.empty();
  returns_.push_back(now + period_);
  return {++last_serial_, was_first};
}

SteadyTime RateBucket::next_above(int leave, SteadyTime now) {
  forget_returned(now);
  const int must_return = static_cast<int>(returns_.size()) + leave + 1 - limit();
  SteadyTime due = now;
  if (must_return > 0) {
    // More than are out: the reserve does not fit the limit, so wait for all.
    const auto index = std::min(static_cast<std::size_t>(must_return), returns_.size());
    due = index == 0 ? now : returns_[index - 1];
  }
  return std::max(due, paused_until_);
}

void RateBucket::report_left(int left, const Taken& taken, SteadyTime now) {
  fallback_ = false;
  if (taken.was_first && taken.serial == last_serial_) {
    limit_ = std::clamp(left + 1, 1, documented_limit_);
  }
  forget_returned(now);
  const int ours = limit_ - static_cast<int>(returns_.size());
  for (int excess = ours - left; excess > 0; --excess) returns_.push_back(now + period_);
}

void RateBucket::pause(SteadyTime until) { paused_until_ = std::max(paused_until_, until); }

}  // namespace everbit::net

#include "trading/market/exchange_clock.h"

#include <algorithm>
#include <vector>

namespace everbit::trading {
namespace {

using std::chrono::nanoseconds;

constexpr auto kWindow = std::chrono::seconds(60);
constexpr auto kSampleEvery = std::chrono::milliseconds(200);
constexpr auto kJump = std::chrono::seconds(1);
constexpr std::size_t kEnoughSamples = 3;

nanoseconds distance(nanoseconds a, nanoseconds b) { return a > b ? a - b : b - a; }

}  // namespace

void ExchangeClock::observe(Timestamp exchange_time) {
  const SteadyTime at = clock_.steady_now();
  const nanoseconds offset(exchange_time.ns() - at.time_since_epoch().count());
  const std::lock_guard lock(mutex_);
  // A jump shows in every message, a late message only in itself.
  if (offset_ && distance(offset, *offset_) > kJump) {
    if (++outliers_ < kEnoughSamples) return;
    samples_.clear();
    offset_.reset();
  }
  outliers_ = 0;
  if (!samples_.empty() && at - samples_.back().at < kSampleEvery) return;
  forget_before(at - kWindow);
  samples_.push_back({at, offset});
  if (samples_.size() >= kEnoughSamples) offset_ = median();
}

std::optional<Timestamp> ExchangeClock::now() const {
  const std::lock_guard lock(mutex_);
  if (!offset_) return std::nullopt;
  const SteadyTime steady = clock_.steady_now();
  if (samples_.empty() || steady - samples_.back().at > kWindow) return std::nullopt;
  return Timestamp::from_ns((steady.time_since_epoch() + *offset_).count());
}

Timestamp ExchangeClock::now_or_local() const { return now().value_or(clock_.now()); }

void ExchangeClock::forget_before(SteadyTime oldest) {
  while (!samples_.empty() && samples_.front().at < oldest) samples_.pop_front();
}

nanoseconds ExchangeClock::median() const {
  std::vector<nanoseconds> offsets;
  offsets.reserve(samples_.size());
  for (const Sample& sample : samples_) offsets.push_back(sample.offset);
  const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
  std::nth_element(offsets.begin(), middle, offsets.end());
  return *middle;
}

}  // namespace everbit::trading

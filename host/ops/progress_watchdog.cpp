#include "ops/progress_watchdog.h"

#include <utility>

#include "base/log.h"

namespace everbit::ops {

ProgressWatchdog::ProgressWatchdog(const Clock& clock, std::chrono::nanoseconds stall, Feed feed)
    : clock_(clock), stall_(stall), feed_(std::move(feed)) {}

ProgressWatchdog::~ProgressWatchdog() { stop(); }

ProgressWatchdog::Beat& ProgressWatchdog::add(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return beats_.emplace_back(std::string(name), clock_);
}

std::string ProgressWatchdog::late_beat() {
  const std::int64_t now = clock_.steady_now().time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  for (const Beat& beat : beats_) {
    if (now - beat.last_ns_.load(std::memory_order_relaxed) > stall_.count()) return beat.name_;
  }
  return {};
}

bool ProgressWatchdog::look() {
  const std::string late = late_beat();
  if (late.empty()) {
    if (std::exchange(was_late_, false)) log_info("watchdog_recovered");
    feed_();
    return true;
  }
  if (!std::exchange(was_late_, true)) log_critical("watchdog_stalled", {{"beat", late}});
  return false;
}

void ProgressWatchdog::start(std::chrono::nanoseconds interval) {
  thread_ = std::thread([this, interval] { run(interval); });
}

void ProgressWatchdog::run(std::chrono::nanoseconds interval) {
  for (;;) {
    look();
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, interval, [this] { return stopping_; })) return;
  }
}

void ProgressWatchdog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace everbit::ops

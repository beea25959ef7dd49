#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace everbit::bus_postgres {

// What a fetch sleeps on. A wake-up that comes while nobody sleeps is kept for the next sleep, so
// whoever looks for work after arm() and then sleeps cannot miss one. Any thread.
class Waiter {
 public:
  void arm() {
    const std::lock_guard lock(mutex_);
    woken_ = false;
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    condition_.notify_all();
  }
  // True if it was woken before the time came.
  bool sleep_until(std::chrono::steady_clock::time_point time) {
    std::unique_lock lock(mutex_);
    return condition_.wait_until(lock, time, [this] { return woken_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;
};

}  // namespace everbit::bus_postgres

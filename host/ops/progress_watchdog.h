#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"

namespace everbit::ops {

// Feeds systemd's watchdog only while the daemon gets on with its work: a timer alone would go on
// telling that all is well over a stuck loop. Every loop that must not stand still owns a Beat and
// marks it on each turn, idle turns too; when one is older than the limit, feeding stops, the log
// names it, and systemd restarts the process. Feeding resumes if the loop comes back before that.
class ProgressWatchdog {
 public:
  // Made by add(); lives as long as the watchdog. mark() is one atomic store, any thread.
  class Beat {
   public:
    Beat(std::string name, const Clock& clock) : name_(std::move(name)), clock_(clock) { mark(); }
    void mark() {
      last_ns_.store(clock_.steady_now().time_since_epoch().count(), std::memory_order_relaxed);
    }

   private:
    friend class ProgressWatchdog;
    const std::string name_;
    const Clock& clock_;
    std::atomic<std::int64_t> last_ns_{0};
  };

  using Feed = std::function<void()>;

  // `feed` is called from the watchdog's thread; normally notify_watchdog.
  ProgressWatchdog(const Clock& clock, std::chrono::nanoseconds stall, Feed feed);
  ~ProgressWatchdog();
  ProgressWatchdog(const ProgressWatchdog&) = delete;
  ProgressWatchdog& operator=(const ProgressWatchdog&) = delete;

  Beat& add(std::string_view name);

  // Looks at every beat once and feeds if none is late; the thread does this, tests do it directly.
  bool look();

  // Starts the thread; `interval` is at most a third of systemd's timeout.
  void start(std::chrono::nanoseconds interval);
  void stop();

 private:
  // Empty when every beat is fresh.
  std::string late_beat();
  void run(std::chrono::nanoseconds interval);

  const Clock& clock_;
  const std::chrono::nanoseconds stall_;
  const Feed feed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Beat> beats_;
  bool stopping_ = false;
  bool was_late_ = false;
  std::thread thread_;
};

}  // namespace everbit::ops

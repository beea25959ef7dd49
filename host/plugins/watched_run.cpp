#include "plugins/watched_run.h"

#include <condition_variable>
#include <memory>
#include <mutex>

#include "plugins/instance.h"

namespace everbit::plugins {
namespace {

// A process that was stopped wakes up with one of its looks overdue, not with all.
constexpr int kLooks = 10;

struct End {
  std::mutex mutex;
  std::condition_variable changed;
  bool reached = false;
};

}  // namespace

bool run_watched(Instance& instance, Strand::Task task, std::chrono::milliseconds limit) {
  const auto end = std::make_shared<End>();
  instance.strand().post([end, task = std::move(task)] {
    task();
    const std::lock_guard lock(end->mutex);
    end->reached = true;
    end->changed.notify_all();
  });
  std::uint64_t returned = instance.stats().calls;
  int looks_without_return = 0;
  std::unique_lock lock(end->mutex);
  while (!end->changed.wait_for(lock, limit / kLooks, [&] { return end->reached; })) {
    const std::uint64_t now = instance.stats().calls;
    looks_without_return = now == returned ? looks_without_return + 1 : 0;
    if (looks_without_return >= kLooks) return false;
    returned = now;
  }
  return true;
}

}  // namespace everbit::plugins

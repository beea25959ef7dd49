#include "plugins/services/timer_service.h"

#include <algorithm>

#include "plugins/instance.h"

namespace everbit::plugins {

namespace {

constexpr std::size_t kMaxTimers = 64;
// Looks at the trading clock again at least this often, because it may be corrected.
constexpr std::int64_t kMaxSleepNs = 10'000'000'000;

}  // namespace

TimerService::TimerService(Instance& instance)
    : instance_(instance),
      pending_(kMaxTimers),
      extension_{sizeof(eb_timer_v1), 0, this, set, cancel} {}

void TimerService::stop() {
  for (const std::uint64_t handle : pending_.handles()) pending_.take(handle);
}

eb_status TimerService::set(void* ctx, eb_ts at, std::uint64_t* timer) {
  auto& self = *static_cast<TimerService*>(ctx);
  if (timer == nullptr) return EB_ERR_ARGUMENT;
  if (!self.instance_.may_serve()) return EB_ERR_STATE;
  const auto handle = self.pending_.add({at, nullptr});
  if (!handle) return EB_ERR_BUSY;
  if (!self.arm(*handle)) {
    self.pending_.take(*handle);
    return EB_ERR_UNSUPPORTED;
  }
  *timer = *handle;
  return EB_OK;
}

eb_status TimerService::cancel(void* ctx, std::uint64_t timer) {
  auto& self = *static_cast<TimerService*>(ctx);
  if (!self.instance_.may_serve()) return EB_ERR_STATE;
  return self.pending_.take(timer) ? EB_OK : EB_ERR_NOT_FOUND;
}

bool TimerService::arm(std::uint64_t handle) {
  Pending& pending = *pending_.find(handle);
  const std::int64_t now = instance_.options().clock->now().ns();
  const std::int64_t wait = pending.at <= now ? 0 : std::min(pending.at - now, kMaxSleepNs);
  pending.timer = instance_.strand().post_after(std::chrono::nanoseconds(wait),
                                                // The service lives as long as the instance.
                                                [this, handle, alive = instance_.weak_from_this()] {
                                                  if (const auto instance = alive.lock())
                                                    fire(handle);
                                                });
  return pending.timer != nullptr;
}

void TimerService::fire(std::uint64_t handle) {
  const Pending* pending = pending_.find(handle);
  if (pending == nullptr) return;
  const eb_ts now = instance_.options().clock->now().ns();
  if (now < pending->at) {
    arm(handle);
    return;
  }
  pending_.take(handle);
  eb_timer event{};
  event.head = {sizeof event, EB_EVENT_TIMER, 0, 0, now};
  event.timer = handle;
  instance_.deliver(event.head);
}

}  // namespace everbit::plugins

#pragma once

#include <memory>

#include "everbit/ext/timer.h"
#include "plugins/handle_table.h"
#include "plugins/services/service.h"
#include "plugins/strand.h"

namespace everbit::plugins {

class Instance;

// eb.timer/1 of one instance: one-shot timers in trading time, at most 64 at once. A timer never
// fires early: when the clock was set back meanwhile it waits on.
class TimerService final : public Service {
 public:
  explicit TimerService(Instance& instance);
  const void* extension() const override { return &extension_; }
  void stop() override;

 private:
  struct Pending {
    eb_ts at = 0;
    std::unique_ptr<Strand::Timer> timer;
  };

  static eb_status set(void* ctx, eb_ts at, std::uint64_t* timer);
  static eb_status cancel(void* ctx, std::uint64_t timer);
  // False where the strand has no timers.
  bool arm(std::uint64_t handle);
  void fire(std::uint64_t handle);

  Instance& instance_;
  HandleTable<Pending> pending_;
  eb_timer_v1 extension_;
};

}  // namespace everbit::plugins

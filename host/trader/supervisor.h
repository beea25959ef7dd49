#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "store/trader_lock.h"
#include "trader/attempt_meter.h"
#include "trader/exchange_access.h"
#include "trader/trader_context.h"

namespace everbit {

// Once a second: is this process still the trader, is the key good, are the feeds there. One thread
// of its own; owned by the trader, stopped by its destructor at the latest.
class Supervisor {
 public:
  struct Parts {
    TraderContext& context;
    store::TraderLock& lock;
    ExchangeAccess& exchange;
    std::function<bool()> market_feed_connected;
    std::function<bool()> private_feed_connected;
    std::function<void()> look_at_profit;
    AttemptMeter& attempts;
  };

  explicit Supervisor(Parts parts);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void stop();

 private:
  void run();
  void look();
  void measure();

  Parts parts_;
  SteadyTime verify_at_;
  SteadyTime measure_at_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace everbit

#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/pool.h"
#include "trading/control/trading_switch.h"

namespace everbit::trading {

// Keeps the switch in memory as the database has it: reads the version counter every 100 ms, and
// the row when the counter moved. While the database does not answer, nothing is read, and after 1
// s the switch counts as OFF. One thread of its own; owned by the application.
class ControlWatcher {
 public:
  ControlWatcher(store::Pool& pool, OwnerId owner, TradingSwitch& account_switch);
  ~ControlWatcher();
  ControlWatcher(const ControlWatcher&) = delete;
  ControlWatcher& operator=(const ControlWatcher&) = delete;

  void stop();

 private:
  void run();
  void look();

  store::Pool& pool_;
  const OwnerId owner_;
  TradingSwitch& account_switch_;
  std::int64_t seen_version_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace everbit::trading

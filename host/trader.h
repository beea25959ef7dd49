#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "ops/health.h"
#include "ops/progress_watchdog.h"
#include "plugin_set.h"
#include "store/ids.h"
#include "store/pool.h"
#include "store/trader_lock.h"

namespace everbit {

// The trader role: strategies, executor, private WebSocket, every Exchange REST call. There is one
// in the world: it holds the trader lock, and every transaction that trades compares its instance.
//
// Built and stopped by the main thread; its parts are built in order of dependency, and stopped in
// the opposite one.
class Trader {
 public:
  struct Parts {
    const config::Settings& settings;
    const Clock& clock;
    store::Pool& pool;
    store::OwnerId owner;
    Uuid owner_public_id;
    Uuid instance;
    PluginSet& plugins;
    net::IoThreads& io;
    net::IoThreads& strands;
    ops::Health& health;
    ops::ProgressWatchdog& watchdog;
    // The process must end: the lock is lost, or another trader has taken over.
    std::function<void(std::string reason)> fatal;
  };

  // Codes: TRADER_LOCK_HELD, LEDGER_*, NET_*, those of the plugins.
  static Result<std::unique_ptr<Trader>> build(Parts parts);
  ~Trader();
  Trader(const Trader&) = delete;
  Trader& operator=(const Trader&) = delete;

  // Drains: takes no more candles and commands, finishes the calls under way.
  void stop(Deadline deadline);

 private:
  struct Body;
  explicit Trader(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace everbit

#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "config/settings.h"
#include "net/io_threads.h"
#include "net/shared_budget.h"
#include "ops/health.h"
#include "ops/progress_watchdog.h"
#include "plugin_set.h"
#include "plugins/black_box.h"
#include "store/ids.h"
#include "store/pool.h"
#include "switchboard.h"
#include "trading/market/exchange_clock.h"
#include "trading/types.h"

namespace everbit {

// What the application gives to the trader; outlives it.
struct TraderParts {
  const config::Settings& settings;
  const Clock& clock;
  store::Pool& pool;
  store::OwnerId owner;
  Uuid owner_public_id;
  Uuid instance;
  PluginSet& plugins;
  const plugins::BlackBox& black_box;
  Switchboard& switchboard;
  net::SharedBudget* budget = nullptr;  // none without Redis
  net::IoThreads& io;
  net::IoThreads& strands;
  ops::Health& health;
  ops::ProgressWatchdog& watchdog;
  Metrics& metrics;
  // The process must end: the lock is lost, or another trader has taken over. Any thread.
  std::function<void(std::string reason)> fatal;
};

// The parts, and what all of the trader's own parts share while they run. Built first, destroyed
// last.
struct TraderContext : TraderParts {
  explicit TraderContext(TraderParts given);

  trading::Mode mode = trading::Mode::kPaper;
  std::vector<std::string> markets;  // those enabled, in code order
  std::string installation_tag;
  trading::ExchangeClock exchange_clock;
  // False until a verification of the key succeeded, and after Upbit refused it.
  std::atomic<bool> key_usable{false};
  // The drain is over: nobody waits for the database any more.
  std::atomic<bool> gave_up{false};
};

}  // namespace everbit

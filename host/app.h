#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "api/admin_socket.h"
#include "backtest_role.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "config/secrets.h"
#include "config/settings.h"
#include "net/io_threads.h"
#include "net/shared_budget.h"
#include "notifier_role.h"
#include "ops/health.h"
#include "ops/ops_listener.h"
#include "ops/progress_watchdog.h"
#include "ops/signals.h"
#include "plugin_set.h"
#include "plugins/black_box.h"
#include "store/instance_lock.h"
#include "store/pool.h"
#include "switchboard.h"
#include "trader/trader.h"

namespace everbit {

// The whole daemon: owns everything, built in order of dependency and torn down in the opposite
// one. Crash-only: a start is a recovery, and whatever breaks an assumption ends the process.
class App {
 public:
  // Where the settings came from, for SIGHUP.
  struct Source {
    std::string file;
    config::Secrets secrets;
  };

  // Codes: DB_UNAVAILABLE, SCHEMA_OUTDATED, TRADER_LOCK_HELD, LISTEN_*, PLUGIN_*, …
  static Result<std::unique_ptr<App>> build(config::Settings settings, Source source);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Serves until SIGTERM, then drains. Not 0 when the process had to end by itself.
  int run(ops::ProcessSignals& signals);

 private:
  App(config::Settings settings, Source source);

  Result<void> open_black_box();
  Result<void> open_store();
  Result<void> open_redis();
  Result<void> open_ops();
  Result<void> load_plugins();
  Result<void> start_roles();
  Result<void> open_admin();
  void reload();
  void end_quarantines();
  void measure();
  void measure_switch();
  void drain();

  config::Settings settings_;
  Source source_;
  SystemClock clock_;
  Uuid instance_;
  Metrics metrics_;
  ops::Health health_;
  std::atomic<bool> fatal_{false};
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<net::SharedBudget> budget_;  // null without redis.url
  store::OwnerId owner_;
  Uuid owner_public_id_;
  std::optional<store::InstanceLock> instance_lock_;
  std::unique_ptr<ops::OpsListener> listener_;
  std::unique_ptr<ops::ProgressWatchdog> watchdog_;
  net::IoThreads io_{2, "everbit-io"};
  net::IoThreads strands_{1, "everbit-plugin"};
  std::unique_ptr<plugins::BlackBox> black_box_;
  std::unique_ptr<PluginSet> plugins_;
  std::unique_ptr<Switchboard> switchboard_;
  std::unique_ptr<Trader> trader_;
  std::unique_ptr<NotifierRole> notifications_;
  std::unique_ptr<BacktestRole> backtests_;
  std::unique_ptr<api::AdminSocket> admin_;
};

}  // namespace everbit

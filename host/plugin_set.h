#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "events/bus.h"
#include "net/io_threads.h"
#include "plugins/exchange/exchange_plugin.h"
#include "plugins/instance.h"
#include "plugins/loader.h"

namespace everbit {

// The plugins that the settings name: found in plugins.lock by id, loaded, and an instance made of
// each but the strategy, which has one instance a market. Built once at start, on the main thread.
class PluginSet {
 public:
  // Codes: PLUGIN_NOT_LISTED, PLUGIN_LOCK, NO_CERTIFICATE (REAL mode), those of the loader and of
  // the plugins.
  static Result<std::unique_ptr<PluginSet>> load(const config::Settings& settings,
                                                 const std::string& process_instance,
                                                 const Clock& clock, net::IoThreads& strands);
  ~PluginSet();
  PluginSet(const PluginSet&) = delete;
  PluginSet& operator=(const PluginSet&) = delete;

  // Reads plugins.lock again. What is loaded goes on; of each plugin whose next start would load
  // another file, or none, the log says so. Code PLUGIN_LOCK: the file is refused as a whole.
  Result<void> review_lock(const config::PluginSettings& settings) const;

  events::Bus& bus() { return *bus_; }
  // Null without the trader role.
  const plugins::ExchangeCodec* exchange() const {
    return exchange_ ? &exchange_->codec() : nullptr;
  }
  // What mode PAPER trades on; null in REAL.
  plugins::LocalExchange* local_exchange() { return exchange_ ? exchange_->local() : nullptr; }
  const plugins::LoadedPlugin& strategy() const { return strategy_; }

 private:
  PluginSet() = default;
  std::vector<plugins::ListedPlugins::Loaded> running_;

  std::shared_ptr<plugins::Instance> bus_instance_;
  std::unique_ptr<events::Bus> bus_;
  std::unique_ptr<plugins::ExchangePlugin> exchange_;
  plugins::LoadedPlugin strategy_;
};

}  // namespace everbit

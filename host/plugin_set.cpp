#include "plugin_set.h"

#include "base/log.h"
#include "base/random.h"
#include "plugins/certificate.h"

namespace everbit {
namespace {

using plugins::Kind;

constexpr std::chrono::seconds kCloseBudget{5};
// Upbit's, in KRW.
constexpr const char* kMinTotal = "5000";

// The mode alone decides on which of the two it trades, and each is refused in the other's place.
Result<std::unique_ptr<plugins::ExchangePlugin>> load_exchange(plugins::ListedPlugins& listed,
                                                               const config::Settings& settings,
                                                               const Clock& clock,
                                                               net::IoThreads& strands) {
  if (settings.mode == config::TradingMode::kReal) {
    return plugins::ExchangePlugin::start(listed, settings.exchange.plugin, clock, strands);
  }
  return plugins::ExchangePlugin::make_local(listed, settings.paper.plugin,
                                             {{"account", secure_random_hex(16)},
                                              {"fee_rate", settings.paper.fee_rate.to_string()},
                                              {"min_total", kMinTotal},
                                              {"start_krw", settings.paper.start_krw.to_string()}},
                                             clock, strands);
}

// Page 90: REAL mode starts nothing that `everbit verify` has not passed; PAPER says so and goes
// on.
Result<void> require_certified(const config::Settings& settings, const std::string& sha256) {
  auto certified = plugins::require_certificate(settings.plugins.dir, sha256,
                                                plugins::owner_of(settings.plugins));
  if (certified || settings.mode == config::TradingMode::kReal) return certified;
  log_warn("strategy_not_certified", {{"sha256", sha256}, {"problem", certified.error().message}});
  return {};
}

}  // namespace

Result<std::unique_ptr<PluginSet>> PluginSet::load(const config::Settings& settings,
                                                   const std::string& process_instance,
                                                   const Clock& clock, net::IoThreads& strands) {
  auto opened = plugins::ListedPlugins::open(settings.plugins);
  if (!opened) return opened.error();
  plugins::ListedPlugins& listed = **opened;
  std::unique_ptr<PluginSet> set(new PluginSet);

  auto bus = listed.load(settings.bus.plugin, Kind::kEventBus);
  if (!bus) return bus.error();
  auto bus_instance = plugins::start_instance(*bus, "bus", clock, strands);
  if (!bus_instance) return bus_instance.error();
  set->bus_instance_ = std::move(*bus_instance);
  const auto* table = set->bus_instance_->extension<eb_event_bus_v1>(EB_EXT_EVENT_BUS);
  if (table == nullptr) return Error("PLUGIN_INSTANCE", "is no event bus", settings.bus.plugin);
  std::optional<Error> refused;
  const auto call = set->bus_instance_->call_anywhere("open", [&](void* self) -> eb_status {
    auto connected =
        events::Bus::open(*table, self,
                          {{"database_url", std::string(settings.database.url.reveal())},
                           {"instance", process_instance}});
    if (!connected) {
      refused = connected.error();
      return EB_ERR_IO;
    }
    set->bus_ = std::make_unique<events::Bus>(std::move(*connected));
    return EB_OK;
  });
  if (refused) return Error(refused->code, refused->message + ": " + call.text, "bus");
  set->running_ = listed.loaded();
  if (!settings.has_role(config::Role::kTrader)) return set;

  auto exchange = load_exchange(listed, settings, clock, strands);
  if (!exchange) return exchange.error();
  set->exchange_ = std::move(*exchange);

  auto strategy = listed.load(settings.strategy.plugin, Kind::kStrategy);
  if (!strategy) return strategy.error();
  set->strategy_ = std::move(*strategy);
  if (auto certified = require_certified(settings, set->strategy_.sha256); !certified) {
    return certified.error();
  }
  set->running_ = listed.loaded();
  return set;
}

Result<void> PluginSet::review_lock(const config::PluginSettings& settings) const {
  auto lock = plugins::read_plugins_lock(settings);
  if (!lock) return lock.error();
  for (const auto& plugin : running_) {
    const auto entries = lock->find_id(plugin.id);
    if (entries.empty()) {
      log_error("plugin_not_listed", {{"id", plugin.id}, {"sha256", plugin.sha256}});
    } else if (entries.back()->sha256 != plugin.sha256) {
      log_warn("plugin_needs_restart",
               {{"id", plugin.id}, {"sha256", plugin.sha256}, {"listed", entries.back()->sha256}});
    }
  }
  log_info("plugins_lock_reloaded", {{"entries", lock->plugins().size()}});
  return {};
}

PluginSet::~PluginSet() {
  bus_.reset();
  if (bus_instance_) bus_instance_->close(Deadline::after(kCloseBudget));
}

}  // namespace everbit

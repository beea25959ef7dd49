#include "plugin_set.h"

#include "base/log.h"
#include "config/plugins_lock.h"
#include "plugins/strand.h"

namespace everbit {
namespace {

using plugins::Instance;
using plugins::Kind;
using plugins::LoadedPlugin;

constexpr std::chrono::seconds kStartBudget{5};

Result<config::PluginsLock> read_lock(const config::PluginSettings& settings) {
  auto loaded = config::PluginsLock::load(settings.lock);
  if (!loaded.problems.empty()) {
    return Error("PLUGIN_LOCK", config::to_string(loaded.problems.front()));
  }
  return std::move(loaded.lock);
}

}  // namespace

// What loading one plugin after the other needs.
struct PluginSet::Maker {
  const config::Settings& settings;
  const Clock& clock;
  net::IoThreads& strands;
  config::PluginsLock lock;
  plugins::Loader loader;
  std::vector<Running>& running;

  // The newest entry of an id is the last in the file.
  Result<LoadedPlugin> load(const std::string& id, Kind kind) {
    const auto entries = lock.find_id(id);
    if (entries.empty()) {
      return Error("PLUGIN_NOT_LISTED",
                   "plugins.lock has no entry for it; `everbit plugin list` shows what there is",
                   id);
    }
    const auto file = settings.plugins.dir / (entries.back()->sha256 + ".so");
    auto plugin = loader.load(file, kind);
    if (!plugin) return plugin.error();
    log_info("plugin_loaded", {{"id", id}, {"sha256", plugin->sha256}});
    running.push_back({id, plugin->sha256});
    return plugin;
  }

  Result<std::shared_ptr<Instance>> start(const LoadedPlugin& plugin, const std::string& name) {
    plugins::InstanceOptions options;
    options.name = name;
    options.clock = &clock;
    options.strand = plugins::make_asio_strand(strands.context());
    auto instance = Instance::create(plugin, std::move(options));
    if (!instance) return instance.error();
    auto started = std::make_shared<Result<void>>();
    const bool done = plugins::run_on((*instance)->strand(),
                                      [one = *instance, started] { *started = one->start(); },
                                      Deadline::after(kStartBudget));
    if (!done) return Error("PLUGIN_START", "did not return in time", name);
    if (!*started) return started->error();
    return std::move(*instance);
  }
};

Result<std::unique_ptr<PluginSet>> PluginSet::load(const config::Settings& settings,
                                                   const std::string& process_instance,
                                                   const Clock& clock, net::IoThreads& strands) {
  auto lock = read_lock(settings.plugins);
  if (!lock) return lock.error();
  plugins::LoaderOptions options;
  options.lock = *lock;
  options.allow_draft = settings.plugins.allow_draft;
  options.owner =
      settings.plugins.require_root_owner ? plugins::Owner::kRoot : plugins::Owner::kRootOrSelf;
  std::unique_ptr<PluginSet> set(new PluginSet);
  Maker maker{settings,     clock, strands, std::move(*lock), plugins::Loader(std::move(options)),
              set->running_};

  auto bus = maker.load(settings.bus.plugin, Kind::kEventBus);
  if (!bus) return bus.error();
  auto bus_instance = maker.start(*bus, "bus");
  if (!bus_instance) return bus_instance.error();
  set->bus_instance_ = std::move(*bus_instance);
  const auto* table = set->bus_instance_->extension<eb_event_bus_v1>(EB_EXT_EVENT_BUS);
  if (table == nullptr) return Error("PLUGIN_INSTANCE", "is no event bus", settings.bus.plugin);
  std::optional<Error> refused;
  const auto call = set->bus_instance_->call_anywhere("open", [&](void* self) -> eb_status {
    auto opened = events::Bus::open(*table, self,
                                    {{"database_url", std::string(settings.database.url.reveal())},
                                     {"instance", process_instance}});
    if (!opened) {
      refused = opened.error();
      return EB_ERR_IO;
    }
    set->bus_ = std::make_unique<events::Bus>(std::move(*opened));
    return EB_OK;
  });
  if (refused) return Error(refused->code, refused->message + ": " + call.text, "bus");
  if (!settings.has_role(config::Role::kTrader)) return set;

  auto exchange = maker.load(settings.exchange.plugin, Kind::kExchange);
  if (!exchange) return exchange.error();
  auto exchange_instance = maker.start(*exchange, "exchange");
  if (!exchange_instance) return exchange_instance.error();
  set->exchange_instance_ = std::move(*exchange_instance);
  const auto* codec = set->exchange_instance_->extension<eb_exchange_v1>(EB_EXT_EXCHANGE);
  if (codec == nullptr) {
    return Error("PLUGIN_INSTANCE", "is no exchange", settings.exchange.plugin);
  }
  (void)set->exchange_instance_->call_anywhere("codec", [&](void* self) -> eb_status {
    set->codec_ = std::make_unique<plugins::ExchangeCodec>(codec, self);
    return EB_OK;
  });

  auto strategy = maker.load(settings.strategy.plugin, Kind::kStrategy);
  if (!strategy) return strategy.error();
  set->strategy_ = std::move(*strategy);
  return set;
}

Result<void> PluginSet::review_lock(const config::PluginSettings& settings) const {
  auto lock = read_lock(settings);
  if (!lock) return lock.error();
  for (const Running& plugin : running_) {
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
  if (bus_instance_) bus_instance_->close(Deadline::after(kStartBudget));
  if (exchange_instance_) exchange_instance_->close(Deadline::after(kStartBudget));
}

}  // namespace everbit

#include "plugins/listed_plugins.h"

#include "base/log.h"
#include "plugins/strand.h"

namespace everbit::plugins {
namespace {

constexpr std::chrono::seconds kStartBudget{5};

}  // namespace

Result<config::PluginsLock> read_plugins_lock(const config::PluginSettings& settings) {
  auto loaded = config::PluginsLock::load(settings.lock);
  if (!loaded.problems.empty()) {
    return Error("PLUGIN_LOCK", config::to_string(loaded.problems.front()));
  }
  return std::move(loaded.lock);
}

Owner owner_of(const config::PluginSettings& settings) {
  return settings.require_root_owner ? Owner::kRoot : Owner::kRootOrSelf;
}

Result<std::unique_ptr<ListedPlugins>> ListedPlugins::open(const config::PluginSettings& settings) {
  auto lock = read_plugins_lock(settings);
  if (!lock) return lock.error();
  LoaderOptions options;
  options.lock = *lock;
  options.allow_draft = settings.allow_draft;
  options.owner = owner_of(settings);
  return std::unique_ptr<ListedPlugins>(
      new ListedPlugins(settings.dir, std::move(*lock), std::move(options)));
}

Result<LoadedPlugin> ListedPlugins::load(const std::string& id, Kind kind) {
  const auto entries = lock_.find_id(id);
  if (entries.empty()) {
    return Error("PLUGIN_NOT_LISTED",
                 "plugins.lock has no entry for it; `everbit plugin list` shows what there is", id);
  }
  auto plugin = loader_.load(folder_ / (entries.back()->sha256 + ".so"), kind);
  if (!plugin) return plugin.error();
  log_info("plugin_loaded", {{"id", id}, {"sha256", plugin->sha256}});
  loaded_.push_back({id, plugin->sha256});
  return plugin;
}

Result<std::shared_ptr<Instance>> start_instance(const LoadedPlugin& plugin,
                                                 const std::string& name, const Clock& clock,
                                                 net::IoThreads& strands) {
  InstanceOptions options;
  options.name = name;
  return start_instance(plugin, std::move(options), clock, strands);
}

Result<std::shared_ptr<Instance>> start_instance(const LoadedPlugin& plugin,
                                                 InstanceOptions options, const Clock& clock,
                                                 net::IoThreads& strands) {
  const std::string name = options.name;
  options.clock = &clock;
  options.strand = make_asio_strand(strands.context());
  auto instance = Instance::create(plugin, std::move(options));
  if (!instance) return instance.error();
  auto started = std::make_shared<Result<void>>();
  const bool done =
      run_on((*instance)->strand(), [one = *instance, started] { *started = one->start(); },
             Deadline::after(kStartBudget));
  if (!done) return Error("PLUGIN_START", "did not return in time", name);
  if (!*started) return started->error();
  return std::move(*instance);
}

}  // namespace everbit::plugins

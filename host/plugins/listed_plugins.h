#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/plugins_lock.h"
#include "config/settings.h"
#include "net/io_threads.h"
#include "plugins/instance.h"
#include "plugins/loader.h"

namespace everbit::plugins {

// plugins.lock as it stands now. Code PLUGIN_LOCK: the file is refused as a whole.
Result<config::PluginsLock> read_plugins_lock(const config::PluginSettings& settings);

// Who may own what lies in the store.
Owner owner_of(const config::PluginSettings& settings);

// The plugins that plugins.lock lists, found by id. Blocks; one thread, the control thread.
class ListedPlugins {
 public:
  // Code PLUGIN_LOCK.
  static Result<std::unique_ptr<ListedPlugins>> open(const config::PluginSettings& settings);

  // The newest file of an id, which is the last in plugins.lock. Codes: PLUGIN_NOT_LISTED and those
  // of the loader.
  Result<LoadedPlugin> load(const std::string& id, Kind kind);

  // What was loaded until now.
  struct Loaded {
    std::string id;
    std::string sha256;
  };
  const std::vector<Loaded>& loaded() const { return loaded_; }

 private:
  ListedPlugins(std::filesystem::path folder, config::PluginsLock lock, LoaderOptions options)
      : folder_(std::move(folder)), lock_(std::move(lock)), loader_(std::move(options)) {}

  std::filesystem::path folder_;
  config::PluginsLock lock_;
  Loader loader_;
  std::vector<Loaded> loaded_;
};

// A started instance on a strand of `strands`, which like the clock outlives it. Codes: those of
// Instance::create and of the plugin, PLUGIN_START.
Result<std::shared_ptr<Instance>> start_instance(const LoadedPlugin& plugin,
                                                 const std::string& name, const Clock& clock,
                                                 net::IoThreads& strands);
// The same with more to say than a name; clock and strand are set here.
Result<std::shared_ptr<Instance>> start_instance(const LoadedPlugin& plugin,
                                                 InstanceOptions options, const Clock& clock,
                                                 net::IoThreads& strands);

}  // namespace everbit::plugins

#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "plugins/grants.h"
#include "plugins/library.h"
#include "plugins/manifest.h"
#include "plugins/plugin_file.h"
#include "plugins/probe.h"

namespace everbit::plugins {

// What a file says of itself, without running it.
struct PluginInfo {
  std::string sha256;
  std::string build_id;
  Manifest manifest;
};

// A plugin that passed every check and is mapped. A value; instances are made from it (instance.h).
struct LoadedPlugin {
  std::string sha256;
  Manifest manifest;
  // Extensions of the host that its instances may obtain.
  std::vector<std::string> grants;
  // Lives as long as the process.
  const Library* library = nullptr;
};

struct LoaderOptions {
  config::PluginsLock lock;
  // The setting plugins.allow_draft.
  std::vector<std::string> allow_draft;
  // The setting plugins.requireRootOwner.
  Owner owner = Owner::kRoot;
  ProbeOptions probe{default_probe_program(), std::chrono::milliseconds(5000)};
};

// Takes a file from its name to mapped code, in this order, stopping at the first failure: open and
// hash, trust, audit, manifest, grants, probe in a child process, load. Nothing of the file runs in
// this process before it has survived the probe. Blocks: call it on the control thread. Any thread.
class Loader {
 public:
  explicit Loader(LoaderOptions options) : options_(std::move(options)) {}

  // Codes: PLUGIN_UNLISTED, PLUGIN_KIND, and those of each step's header.
  Result<LoadedPlugin> load(const std::filesystem::path& file, Kind kind);

  // For a person's own back-test: a strategy that no lock lists, given only what a strategy may
  // have. Never for a process that trades.
  Result<LoadedPlugin> load_unlisted_strategy(const std::filesystem::path& file);

  // Only reads; trusts nobody.
  Result<PluginInfo> inspect(const std::filesystem::path& file) const;

  // After plugins.lock was read again (SIGHUP); what is loaded stays.
  void set_lock(config::PluginsLock lock);

 private:
  Result<LoadedPlugin> load_as(PluginFile file, const config::LockedPlugin& entry, Kind kind);

  std::mutex mutex_;
  LoaderOptions options_;
};

}  // namespace everbit::plugins

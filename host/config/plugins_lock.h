#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace everbit::config {

// One file that may be loaded.
struct LockedPlugin {
  std::string id;                   // reverse DNS
  std::string kind;                 // strategy, exchange, auth, notifier, event_bus
  std::string sha256;               // 64 lower-case hex digits; also its name in the store
  std::vector<std::string> grants;  // extension ids
  std::string state_schema;         // "extreme-flip:1:1", empty if it keeps no state

  bool grants_extension(std::string_view extension) const;
};

// plugins.lock: what may be loaded, by the file's hash. Several files may share an id (an older one
// to roll back to); a hash stands once. A value.
class PluginsLock {
 public:
  struct Loaded;

  // At most 256 KiB, at most 256 entries; any problem refuses the whole file.
  static Loaded load(const std::filesystem::path& file);
  static Loaded parse(std::string_view toml, std::string_view name);

  const std::vector<LockedPlugin>& plugins() const { return plugins_; }
  const LockedPlugin* find_sha256(std::string_view sha256) const;
  // In the order of the file.
  std::vector<const LockedPlugin*> find_id(std::string_view id) const;

 private:
  std::vector<LockedPlugin> plugins_;
};

struct PluginsLock::Loaded {
  PluginsLock lock;  // empty if there is any problem
  std::vector<ConfigProblem> problems;
};

}  // namespace everbit::config

#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "everbit/event.h"
#include "plugins/instance.h"
#include "plugins/loader.h"

namespace everbit::plugins::test {

namespace fs = std::filesystem;

// A plugin that CMake built for these tests.
inline fs::path fixture(const std::string& name) {
  return fs::path(EVERBIT_FIXTURES) / ("fixture-" + name + ".so");
}

inline ProbeOptions probe_options(std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  return {EVERBIT_PROBE, timeout};
}

// An entry of plugins.lock for a file as it is now.
inline config::LockedPlugin listed(const fs::path& file, std::vector<std::string> grants,
                                   std::string id = "kr.everbit.test.good",
                                   std::string kind = "strategy") {
  const auto opened = open_plugin_file(file, Owner::kRootOrSelf);
  return {std::move(id), std::move(kind), opened ? opened->sha256 : "", std::move(grants), ""};
}

inline config::PluginsLock lock_of(const std::vector<config::LockedPlugin>& entries) {
  std::string toml;
  for (const auto& entry : entries) {
    toml += "[[plugin]]\nid = '" + entry.id + "'\nkind = '" + entry.kind + "'\nsha256 = '" +
            entry.sha256 + "'\ngrants = [";
    for (const auto& grant : entry.grants) toml += "'" + grant + "',";
    toml += "]\n";
  }
  auto loaded = config::PluginsLock::parse(toml, "plugins.lock");
  EXPECT_TRUE(loaded.problems.empty()) << to_string(loaded.problems.front());
  return std::move(loaded.lock);
}

inline Loader loader_for(const std::vector<config::LockedPlugin>& entries) {
  return Loader({lock_of(entries), {}, Owner::kRootOrSelf, probe_options()});
}

inline const std::vector<std::string>& good_extensions() {
  static const std::vector<std::string> all{"eb.decimal/1", "eb.timer/1", "eb.worker/1",
                                            "eb.thread_check/1"};
  return all;
}

inline Result<LoadedPlugin> load_good() {
  return loader_for({listed(fixture("good"), good_extensions())})
      .load(fixture("good"), Kind::kStrategy);
}

// A folder of its own that goes away.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "everbit-plugins-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~ScratchFolder() { fs::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace everbit::plugins::test

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "plugins/unique_fd.h"

namespace everbit::plugins {

// Who may own a plugin file.
enum class Owner {
  kRoot,        // production: the daemon's own user cannot replace code
  kRootOrSelf,  // a private installation under one user
};

// A file that was opened once, judged, read and hashed through the same descriptor; whatever
// happens to its name afterwards, the descriptor still is the file that was hashed.
struct PluginFile {
  UniqueFd fd;
  std::filesystem::path path;
  std::vector<std::byte> bytes;
  // Lower-case hex.
  std::string sha256;
};

// Codes: PLUGIN_OPEN, PLUGIN_SYMLINK, PLUGIN_NOT_REGULAR, PLUGIN_OWNER, PLUGIN_WRITABLE (by group
// or others), PLUGIN_TRUNCATED (empty), PLUGIN_TOO_LARGE, PLUGIN_CHANGED (while it was read).
Result<PluginFile> open_plugin_file(const std::filesystem::path& path, Owner owner);

}  // namespace everbit::plugins

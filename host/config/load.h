#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "config/problem.h"
#include "config/secrets.h"
#include "config/settings.h"

namespace everbit::config {

// Settings, or every reason why there are none.
struct Loaded {
  std::optional<Settings> settings;  // empty if there is any problem
  std::vector<ConfigProblem> problems;
};

// Reads the file (at most 256 KiB) and checks all of it; changes nothing anywhere. Also what
// `everbit config check` runs.
Loaded load_settings(const std::filesystem::path& file, const Secrets& secrets);

// The same for text at hand; `name` stands in the problems.
Loaded load_settings_text(std::string_view toml, std::string_view name, const Secrets& secrets);

}  // namespace everbit::config

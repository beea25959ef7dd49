#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "config/problem.h"

namespace everbit::config {

// The secrets this program knows by name.
std::span<const std::string_view> secret_names();

// What the process was given at its start; kept for reloads, because the environment is emptied.
struct Secrets {
  std::map<std::string, Secret, std::less<>> found;
  std::vector<ConfigProblem> problems;

  const Secret* find(std::string_view name) const;
};

// Reads each name from $CREDENTIALS_DIRECTORY/NAME (systemd), else the variable NAME, else the file
// that NAME_FILE names, which must be a regular file readable by its owner alone. Variables are
// overwritten and removed, so that neither a child process nor /proc shows them; found values are
// registered with the log's redaction. Call once, before any thread starts.
Secrets take_secrets();

}  // namespace everbit::config

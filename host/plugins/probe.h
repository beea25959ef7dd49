#pragma once

#include <chrono>
#include <filesystem>

#include "base/result.h"
#include "plugins/plugin_file.h"

namespace everbit::plugins {

struct ProbeOptions {
  // everbit-plugin-probe; installed beside the daemon.
  std::filesystem::path program;
  std::chrono::milliseconds timeout{5000};
};

// The probe that stands beside the running program.
std::filesystem::path default_probe_program();

// Loads the file and calls its entry in a child process first, which has an empty environment and
// no other descriptor of ours: a plugin that crashes, exits or hangs there costs only the child.
// Blocks up to the timeout. Codes: PLUGIN_CRASHED (the message names the signal), PLUGIN_EXITED,
// PLUGIN_HUNG, PLUGIN_PROBE (the probe cannot be run), and whatever the probe found.
Result<void> probe(const PluginFile& file, const ProbeOptions& options);

}  // namespace everbit::plugins

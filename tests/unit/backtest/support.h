#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "backtest/engine.h"
#include "backtest/request.h"
#include "plugins/loader.h"

namespace everbit::backtest::testing {

// The EXTREME_FLIP that this build made, loaded once as a real plugin.
const plugins::LoadedPlugin& extreme_flip();
plugins::LoadedPlugin load_strategy(const std::filesystem::path& file);

// The folder of shared reference data; empty if this machine has none.
std::filesystem::path shared_folder();

// A file in a scratch folder of this process, removed at its end.
std::filesystem::path scratch_file(const std::string& name, const std::string& content);

std::string gzip(const std::string& content);

// Runs a request on CSV files, by market.
Result<RunResult> run_files(Request request,
                            const std::map<std::string, std::filesystem::path>& files,
                            bool bulk = false,
                            const plugins::LoadedPlugin& strategy = extreme_flip(),
                            RunProbe probe = {});

}  // namespace everbit::backtest::testing

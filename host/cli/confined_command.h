#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "cli/backtest_options.h"
#include "cli/command.h"

namespace everbit::cli {

// A command that runs strategy code runs itself once more, in a child that can do no harm to
// trading (jobs::SandboxedChild): the same line, with a folder to leave its results in.
struct ConfinedLine {
  std::string_view command;        // "backtest optimize"
  Arguments arguments;             // as they were typed
  const BacktestOptions& options;  // its strategy and candles may be read
  std::uint64_t max_memory = 0;    // bytes of address space
  int failed = kFailed;            // the exit code when the child is lost
  // In the parent, with the child's folder: before the child, about once a second, and at its end.
  std::function<Result<void>(const std::filesystem::path&)> prepare;
  std::function<Result<void>(const std::filesystem::path&)> collect;
};

// Where the child tells its progress, with progress_lines().
inline constexpr int kProgressFd = 3;

// False in a build with a sanitizer, whose runtime cannot live there: the command then runs as it
// is.
bool confines();

// Shows the child's progress and what it printed; its exit code.
int run_confined(const ConfinedLine& line);

// The other side: options that only run_confined() gives.
boost::program_options::options_description confined_line();
// The folder, when this is the child. From then on what goes to standard output stands there.
std::optional<std::filesystem::path> confined_in(
    const boost::program_options::variables_map& given);

}  // namespace everbit::cli

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace everbit::cli {

// Exit codes of every command.
constexpr int kOk = 0;
constexpr int kFailed = 1;  // it was tried and did not work; the reason is on standard error
constexpr int kUsage = 2;   // the command line was not understood; nothing was done

using Arguments = std::span<const std::string>;

// One command of `everbit`. `run` gets what follows the name and returns an exit code; it answers
// --help itself, so that the help stands beside the options.
struct Command {
  std::string_view name;  // "status", "config check"
  std::string_view summary_ko;
  std::string_view summary_en;
  int (*run)(Arguments arguments);
};

// All commands, in the order of the help.
std::span<const Command> commands();

}  // namespace everbit::cli

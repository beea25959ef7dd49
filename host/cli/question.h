#pragma once

#include <string_view>

#include "cli/command_line.h"

namespace everbit::cli {

// Adds --yes to a command that asks before it acts.
void add_yes(CommandLine& line);

// True with --yes, or if the owner types y or yes at a terminal. Without a terminal nobody can be
// asked: false, and the reason is printed.
bool is_agreed(const CommandLine& line, std::string_view question);

}  // namespace everbit::cli

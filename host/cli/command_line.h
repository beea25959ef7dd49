#pragma once

#include <boost/program_options.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace everbit::cli {

// The words of a command's help; the options stand below them.
struct Help {
  std::string_view command;  // "orders"
  std::string_view usage;    // what follows the command
  std::string_view text;     // Korean first, English beside
};

// One command's line: the options all commands share (--help, --json), --config for those that need
// settings, and what the command adds. A value of main()'s thread.
class CommandLine {
 public:
  enum class Settings { kNone, kNeeded };
  CommandLine(Help help, Settings settings);

  boost::program_options::options_description_easy_init add() { return options_.add_options(); }

  // Nothing: go on. Else the exit code, after the help or the reason was printed. At most
  // `most_words` words may stand beside the options.
  std::optional<int> parse(Arguments arguments, std::size_t most_words = 0);
  // Prints why the line is wrong; kUsage.
  int refuse(std::string_view why) const;

  const boost::program_options::variables_map& values() const { return values_; }
  bool has(const char* option) const { return values_.count(option) != 0; }
  const std::vector<std::string>& words() const { return words_; }
  std::string_view command() const { return help_.command; }
  bool json() const { return has("json"); }
  std::filesystem::path config() const;

 private:
  void print_help() const;

  Help help_;
  boost::program_options::options_description options_;
  boost::program_options::variables_map values_;
  std::vector<std::string> words_;
};

}  // namespace everbit::cli

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/completion_command.h"

namespace everbit::cli {
namespace {

void print_help(std::ostream& out) {
  out << "usage: everbit COMMAND [options]\n\n";
  std::size_t width = 0;
  for (const Command& command : commands()) width = std::max(width, command.name.size());
  for (const Command& command : commands()) {
    out << "  " << command.name << std::string(width - command.name.size() + 2, ' ')
        << command.summary_ko << " · " << command.summary_en << '\n';
  }
  out << "\n명령마다 --help · every command has --help\n";
}

std::size_t words_of(std::string_view name) {
  return static_cast<std::size_t>(std::count(name.begin(), name.end(), ' ')) + 1;
}

bool begins_with(const std::vector<std::string>& line, std::string_view name) {
  std::string typed;
  for (std::size_t i = 0; i < std::min(words_of(name), line.size()); ++i) {
    typed += (i == 0 ? "" : " ") + line[i];
  }
  return typed == name;
}

int run(const std::vector<std::string>& line) {
  if (line.empty()) {
    print_help(std::cerr);
    return kUsage;
  }
  if (line[0] == "--help" || line[0] == "-h" || line[0] == "help") {
    print_help(std::cout);
    return kOk;
  }
  if (line[0] == "complete") return complete(Arguments(line).subspan(1));
  // "orders cancel" is not "orders" with a word too many: the longest name counts.
  const Command* meant = nullptr;
  for (const Command& command : commands()) {
    const bool longer = meant == nullptr || words_of(command.name) > words_of(meant->name);
    if (longer && begins_with(line, command.name)) meant = &command;
  }
  if (meant != nullptr) return meant->run(Arguments(line).subspan(words_of(meant->name)));
  std::cerr << "everbit: 알 수 없는 명령 · unknown command: " << line[0] << "\n\n";
  print_help(std::cerr);
  return kUsage;
}

}  // namespace
}  // namespace everbit::cli

int main(int argc, char** argv) {
  try {
    return everbit::cli::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "everbit: " << error.what() << '\n';
    return everbit::cli::kFailed;
  }
}

#include "cli/completion_command.h"

#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "cli/command_line.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{"completion", "bash|zsh|fish",
                     "셸 자동 완성 스크립트를 출력합니다. 예: everbit completion bash "
                     "> /etc/bash_completion.d/everbit\n"
                     "Prints the script that completes commands and options in a shell."};

// Each asks the program itself, so that a script never knows less than the program it completes.
const std::map<std::string, std::string_view, std::less<>> kScripts = {
    {"bash", R"(_everbit() {
  local IFS=$'\n'
  COMPREPLY=($(everbit complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _everbit everbit
)"},
    {"zsh", R"(#compdef everbit
_everbit() {
  local -a found
  found=("${(@f)$(everbit complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "${found[*]}" ]] && compadd -- "${found[@]}" || _files
}
compdef _everbit everbit
)"},
    {"fish",
     R"(complete -c everbit -a '(everbit complete (commandline -opc)[2..-1] (commandline -ct))'
)"}};

std::vector<std::string> split(std::string_view name) {
  std::istringstream in{std::string(name)};
  return {std::istream_iterator<std::string>(in), {}};
}

// Of the help's lines, those that begin with an option: "  -h [ --help ]  …", "  --config arg …".
std::set<std::string> options_of(const Command& command) {
  std::ostringstream help;
  std::streambuf* const terminal = std::cout.rdbuf(help.rdbuf());
  const std::vector<std::string> ask{"--help"};
  command.run(ask);
  std::cout.rdbuf(terminal);
  std::set<std::string> found;
  std::istringstream lines(help.str());
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  -")) continue;
    const std::size_t at = line.find("--");
    if (at == std::string::npos) continue;
    found.insert(line.substr(at, line.find_first_of(" ]", at) - at));
  }
  return found;
}

std::set<std::string> words_after(std::span<const std::string> before) {
  std::set<std::string> found;
  for (const Command& command : commands()) {
    const auto name = split(command.name);
    const std::size_t shared = std::min(name.size(), before.size());
    if (!std::equal(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(shared),
                    before.begin())) {
      continue;
    }
    if (name.size() > before.size())
      found.insert(name[before.size()]);
    else
      found.merge(options_of(command));
  }
  return found;
}

}  // namespace

int completion(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNone);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().empty()) return line.refuse("bash, zsh or fish?");
  const auto script = kScripts.find(line.words()[0]);
  if (script == kScripts.end()) return line.refuse("bash, zsh or fish, not " + line.words()[0]);
  std::cout << script->second;
  return kOk;
}

int complete(Arguments line) {
  const std::string last = line.empty() ? "" : line.back();
  const auto before = line.empty() ? line : line.first(line.size() - 1);
  for (const std::string& word : words_after(before)) {
    if (word.starts_with(last)) std::cout << word << '\n';
  }
  return kOk;
}

}  // namespace everbit::cli

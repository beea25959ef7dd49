#include "cli/question.h"

#include <unistd.h>

#include <iostream>
#include <string>

namespace everbit::cli {

void add_yes(CommandLine& line) { line.add()("yes", "묻지 않고 실행 · do not ask"); }

bool is_agreed(const CommandLine& line, std::string_view question) {
  if (line.has("yes")) return true;
  if (::isatty(STDIN_FILENO) == 0) {
    std::cerr
        << "everbit " << line.command()
        << ": 터미널이 아니므로 --yes가 필요합니다 · nobody can be asked, so --yes is needed\n";
    return false;
  }
  std::cerr << question << " [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace everbit::cli

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "push-sim/app.h"

namespace {

// Whole or not at all: who waits for the file never reads half of it.
void write_ready_file(const std::string& path, const std::string& line) {
  const std::string unfinished = path + ".tmp";
  std::ofstream file(unfinished);
  file << line << '\n';
  file.close();
  if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot write " + path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace everbit::push_sim;
  try {
    const CommandLine line = parse_command_line(argc, argv);
    if (line.exit_status) {
      (*line.exit_status == 0 ? std::cout : std::cerr) << line.text;
      return *line.exit_status;
    }
    App app(line.options);
    std::cout << app.listening_line() << std::endl;
    if (!line.options.ready_file.empty()) {
      write_ready_file(line.options.ready_file, app.listening_line());
    }
    app.run();
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "push-sim: " << problem.what() << '\n';
    return 1;
  }
}

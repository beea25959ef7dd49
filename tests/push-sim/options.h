#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "upbit-sim/net/server.h"

namespace everbit::push_sim {

// Whose manners it has (reference C8).
enum class Personality { kRfc, kFcm, kMozilla, kApple, kWns };
std::optional<Personality> parse_personality(std::string_view text);

struct Options {
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
  std::string host = "localhost";  // in endpoints; what the certificate is for
  std::optional<upbit_sim::TlsFiles> tls;
  std::string ready_file;
  bool exit_with_stdin = false;
  Personality personality = Personality::kRfc;
};

struct CommandLine {
  Options options;
  std::optional<int> exit_status;  // with `text`: help, or what is wrong
  std::string text;
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace everbit::push_sim

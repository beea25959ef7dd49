#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upbit-sim/net/server.h"

namespace everbit::upbit_sim {

// What the command line asks for.
struct Options {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
  std::optional<TlsFiles> tls;
  std::string ready_file;
  bool exit_with_stdin = false;

  std::string scenario = "demo";
  std::vector<std::string> markets;
  std::uint64_t seed = 1;
  int history_days = 1100;
  std::vector<std::string> replay;  // MARKET=FILE
  std::string replay_from;          // ISO time; empty: after 80 % of the recording
  double speed = 1.0;
  std::int64_t dip_every = -1;
  int trades_per_minute = 30;
  std::string level_value = "30000000";

  std::string access_key = "upbit-sim-access-key";
  std::string secret_key = "upbit-sim-secret-key-0123456789abcdef";
  std::string krw = "10000000";
  std::string key_file;
  std::string fee = "0.0005";
  std::vector<std::int64_t> matching_delay{5, 50};
  bool rate_limits = true;
  std::int64_t block_seconds = 60;
  std::int64_t idle_seconds = 120;
};

// The options; or, when the program has nothing to run, what to print and the exit status (0 for
// --help, 2 for a mistake).
struct CommandLine {
  Options options;
  std::optional<int> exit_status;
  std::string text;
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace everbit::upbit_sim

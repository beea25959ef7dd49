#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upbit-sim/net/server.h"

namespace everbit::kakao_sim {

struct Options {
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
  std::optional<upbit_sim::TlsFiles> tls;
  std::string ready_file;
  bool exit_with_stdin = false;

  std::string client_id = "0123456789abcdef0123456789abcdef";
  std::string client_secret = "kakao-sim-secret-ABCDEFGHIJKLMNO";  // empty: switched off
  std::vector<std::string> redirect_uris;
  std::string issuer = "https://kauth.kakao.com";
  bool oidc = true;
  bool enforce_pkce = true;
  // Who logs in unless the address says otherwise; empty: a page asks.
  std::string user;
};

struct CommandLine {
  Options options;
  std::optional<int> exit_status;  // with `text`: help, or what is wrong
  std::string text;
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace everbit::kakao_sim

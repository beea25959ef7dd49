#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everbit::net {

// Where a connection goes: TLS or plain, host, port. Plain is for simulators and loopback services.
struct Origin {
  bool tls = true;
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 443;

  auto operator<=>(const Origin&) const = default;

  // "host", "host:port" or "[v6]:port", as the Host header has it; the scheme's own port is left
  // out.
  [[nodiscard]] std::string authority() const;
};

// An address split where the request needs it: "wss://h/websocket/v1" is {Origin, "/websocket/v1"}.
struct Url {
  Origin origin;
  std::string target;  // path and query, begins with '/'
};

// Reads http, https, ws and wss addresses. Anything odd (user info, fragment, blanks, bad port,
// control characters) is no address.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

}  // namespace everbit::net

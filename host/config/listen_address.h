#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace everbit::config {

// Where a listener binds: a numeric address and a port, "127.0.0.1:9464" or "[::1]:9464". A value.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;  // 0: the kernel picks one

  // Refuses every address that is neither loopback nor private (RFC 1918, fc00::/7), the wildcard
  // among them: what listens must not be reachable from the internet. Codes LISTEN_SYNTAX and
  // LISTEN_PUBLIC.
  static Result<ListenAddress> parse(std::string_view text);

  std::string to_string() const;
  bool operator==(const ListenAddress&) const = default;
};

// True for a numeric address that is loopback or private.
bool is_loopback_or_private(std::string_view address);

}  // namespace everbit::config

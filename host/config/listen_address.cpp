#include "config/listen_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>

namespace everbit::config {
namespace {

bool is_private_v4(const std::uint8_t* b) {
  return b[0] == 127 || b[0] == 10 || (b[0] == 172 && b[1] >= 16 && b[1] <= 31) ||
         (b[0] == 192 && b[1] == 168);
}

bool is_private_v6(const std::array<std::uint8_t, 16>& b) {
  static constexpr std::array<std::uint8_t, 16> kLoopback{0, 0, 0, 0, 0, 0, 0, 0,
                                                          0, 0, 0, 0, 0, 0, 0, 1};
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (b == kLoopback) return true;
  if (std::memcmp(b.data(), kMapped.data(), kMapped.size()) == 0) {
    return is_private_v4(b.data() + kMapped.size());
  }
  return (b[0] & 0xFE) == 0xFC;
}

bool is_numeric(const std::string& host) {
  std::array<std::uint8_t, 16> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

bool is_loopback_or_private(std::string_view address) {
  const std::string host(address);
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return is_private_v4(bytes.data());
  if (::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return is_private_v6(bytes);
  return false;
}

Result<ListenAddress> ListenAddress::parse(std::string_view text) {
  const Error bad("LISTEN_SYNTAX", "an address is written like 127.0.0.1:9464 or [::1]:9464");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string_view::npos)) return bad;

  ListenAddress address{std::string(host), 0};
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failure != std::errc() || end != port.data() + port.size() || port.empty()) return bad;
  if (!is_numeric(address.host)) return bad;
  if (!is_loopback_or_private(address.host)) {
    return Error("LISTEN_PUBLIC", "the address is neither loopback nor private");
  }
  return address;
}

std::string ListenAddress::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace everbit::config

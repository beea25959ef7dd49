#include "redis/address.h"

#include <charconv>
#include <optional>

namespace everbit::redis {
namespace {

constexpr int kMostDatabases = 1024;

Error bad(const char* what) { return Error("REDIS_URL", what); }

template <class Number>
std::optional<Number> number(std::string_view text, int least, int most) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || value < least || value > most) return std::nullopt;
  return static_cast<Number>(value);
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    int byte = 0;
    const char* digits = text.data() + i + 1;
    const auto [stopped, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc{} || stopped != digits + 2 || byte < 0) return std::nullopt;
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

// Takes "user:password@" off the front.
Result<void> take_login(std::string_view& rest, Address& address) {
  const std::size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view login = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const std::size_t colon = login.find(':');
  if (colon == std::string_view::npos) return bad("a user without a password");
  const auto user = percent_decoded(login.substr(0, colon));
  auto password = percent_decoded(login.substr(colon + 1));
  if (!user || !password || password->empty()) return bad("user or password cannot be read");
  address.user = *user;
  address.password = Secret(*password);
  wipe(password->data(), password->size());
  return {};
}

Result<Address> parse_socket(std::string_view rest) {
  Address address;
  if (auto login = take_login(rest, address); !login) return login.error();
  const std::size_t query = rest.find('?');
  address.socket_path = rest.substr(0, query);
  if (!address.socket_path.starts_with('/')) return bad("the socket's path must begin with /");
  if (query == std::string_view::npos) return address;
  const std::string_view asked = rest.substr(query + 1);
  if (!asked.starts_with("db=")) return bad("unknown option");
  const auto database = number<int>(asked.substr(3), 0, kMostDatabases);
  if (!database) return bad("bad database number");
  address.database = *database;
  return address;
}

Result<Address> parse_tcp(std::string_view rest) {
  Address address;
  if (auto login = take_login(rest, address); !login) return login.error();
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view text = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
    const auto database = text.empty() ? 0 : number<int>(text, 0, kMostDatabases);
    if (!database) return bad("bad database number");
    address.database = *database;
  }
  std::string_view host = rest;
  std::string_view port;
  if (const std::size_t end = rest.find(']'); rest.starts_with('[')) {
    if (end == std::string_view::npos) return bad("bad IPv6 address");
    host = rest.substr(1, end - 1);
    port = rest.substr(end + 1);
  } else if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon);
  }
  address.host = host;
  if (address.host.empty()) return bad("no host");
  if (port.empty()) return address;
  const auto value =
      port.front() == ':' ? number<std::uint16_t>(port.substr(1), 1, 65535) : std::nullopt;
  if (!value) return bad("bad port");
  address.port = *value;
  return address;
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
  for (const char c : url) {
    if (c <= ' ' || c == 0x7f) return bad("blanks or control characters");
  }
  constexpr std::string_view kTcp = "redis://";
  constexpr std::string_view kUnix = "unix://";
  if (url.starts_with(kTcp)) return parse_tcp(url.substr(kTcp.size()));
  if (url.starts_with(kUnix)) return parse_socket(url.substr(kUnix.size()));
  return bad("must begin with redis:// or unix://");
}

}  // namespace everbit::redis

#include "net/origin.h"

#include <algorithm>
#include <charconv>

namespace everbit::net {
namespace {

bool take_scheme(std::string_view& rest, Origin& origin) {
  struct Scheme {
    std::string_view prefix;
    bool tls;
  };
  static constexpr Scheme kSchemes[] = {
      {"https://", true}, {"wss://", true}, {"http://", false}, {"ws://", false}};
  for (const Scheme& scheme : kSchemes) {
    if (rest.starts_with(scheme.prefix)) {
      rest.remove_prefix(scheme.prefix.size());
      origin.tls = scheme.tls;
      origin.port = scheme.tls ? 443 : 80;
      return true;
    }
  }
  return false;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool is_address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' ||
         c == '.';
}

bool take_host(std::string_view& authority, Origin& origin) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    origin.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    return !origin.host.empty() &&
           std::all_of(origin.host.begin(), origin.host.end(), is_address_character);
  }
  const std::size_t end = std::min(authority.find(':'), authority.size());
  origin.host = authority.substr(0, end);
  authority.remove_prefix(end);
  return !origin.host.empty() && origin.host.size() <= 253 &&
         std::all_of(origin.host.begin(), origin.host.end(), is_host_character);
}

bool take_port(std::string_view authority, Origin& origin) {
  if (authority.empty()) return true;
  if (!authority.starts_with(':')) return false;
  authority.remove_prefix(1);
  const char* end = authority.data() + authority.size();
  const auto [stopped, error] = std::from_chars(authority.data(), end, origin.port);
  return error == std::errc{} && stopped == end && origin.port != 0;
}

}  // namespace

std::string Origin::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text = is_v6 ? "[" + host + "]" : host;
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

std::optional<Url> parse_url(std::string_view text) {
  const auto is_odd = [](char c) { return c <= ' ' || c >= 0x7f || c == '#' || c == '\\'; };
  if (text.size() > 8192 || std::any_of(text.begin(), text.end(), is_odd)) return std::nullopt;
  Url url;
  if (!take_scheme(text, url.origin)) return std::nullopt;
  const std::size_t slash = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, slash);
  url.target = text.substr(slash);
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  if (!take_host(authority, url.origin) || !take_port(authority, url.origin)) return std::nullopt;
  return url;
}

}  // namespace everbit::net

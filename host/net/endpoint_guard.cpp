#include "net/endpoint_guard.h"

#include <algorithm>
#include <optional>

#include "net/http_wire.h"
#include "net/public_address.h"

namespace everbit::net {
namespace {

constexpr std::size_t kLongestEndpoint = 2048;
constexpr std::size_t kLongestLabel = 63;
constexpr std::uint16_t kHttps = 443;

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), is_label_character);
}

// An address in digits, in any spelling that a resolver or a browser reads as one: it ends in a
// label that is a number, decimal, octal or hexadecimal.
bool is_number(std::string_view label) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!label.empty() && std::all_of(label.begin(), label.end(), is_digit)) return true;
  if (!label.starts_with("0x")) return false;
  label.remove_prefix(2);
  return std::all_of(label.begin(), label.end(),
                     [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// A name of the public DNS: two labels at least, in lower case, no dot at either end.
bool is_dns_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t labels = 0;
  std::string_view last;
  for (std::string_view rest = host;;) {
    const std::size_t dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!is_label(last)) return false;
    ++labels;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return labels >= 2 && !is_number(last);
}

std::optional<Origin> parse_test_entry(std::string_view text) {
  const auto url = parse_url("https://" + std::string(text));
  const std::size_t colon = text.rfind(':');
  if (!url || url->target != "/" || text.ends_with('/') || colon == std::string_view::npos ||
      text.ends_with(']')) {
    return std::nullopt;
  }
  Origin origin = url->origin;
  origin.host = to_lower(origin.host);
  return origin;
}

Error refused(const char* rule) { return {"ENDPOINT_REFUSED", rule, "endpoint"}; }

}  // namespace

bool is_host_rule(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  return is_dns_name(text);
}

bool is_test_entry_rule(std::string_view text) { return parse_test_entry(text).has_value(); }

Result<EndpointGuard> EndpointGuard::make(const Rules& rules) {
  EndpointGuard guard;
  for (const std::string& host : rules.hosts) {
    if (!is_host_rule(host)) return Error("GUARD_RULE", "is neither a name nor *.name", host);
    if (host.starts_with("*.")) {
      guard.below_.push_back(host.substr(1));
    } else {
      guard.exact_.push_back(host);
    }
  }
  for (const std::string& entry : rules.test_entries) {
    auto origin = parse_test_entry(entry);
    if (!origin) return Error("GUARD_RULE", "is no host:port", entry);
    guard.test_.push_back(std::move(*origin));
  }
  return guard;
}

bool EndpointGuard::is_test_entry(const Origin& origin) const {
  return std::find(test_.begin(), test_.end(), origin) != test_.end();
}

bool EndpointGuard::is_listed(std::string_view host) const {
  if (exact_.empty() && below_.empty()) return true;
  return std::find(exact_.begin(), exact_.end(), host) != exact_.end() ||
         std::any_of(below_.begin(), below_.end(), [&](const std::string& suffix) {
           return host.size() > suffix.size() && host.ends_with(suffix);
         });
}

Result<Url> EndpointGuard::check(std::string_view endpoint) const {
  if (endpoint.size() > kLongestEndpoint) return refused("is too long");
  if (!endpoint.starts_with("https://")) return refused("is not https");
  auto url = parse_url(endpoint);
  if (!url) return refused("is no address, or has a user, a fragment or odd characters");
  url->origin.host = to_lower(url->origin.host);
  if (is_test_entry(url->origin)) return std::move(*url);
  if (url->origin.port != kHttps) return refused("names a port");
  if (!is_dns_name(url->origin.host)) return refused("names no DNS name");
  if (!is_listed(url->origin.host)) return refused("is at no push service that is allowed");
  return std::move(*url);
}

bool EndpointGuard::may_call(const Origin& origin) const {
  Origin lower = origin;
  lower.host = to_lower(origin.host);
  if (!lower.tls) return false;
  return is_test_entry(lower) ||
         (lower.port == kHttps && is_dns_name(lower.host) && is_listed(lower.host));
}

bool EndpointGuard::may_connect(const Origin& origin, const SocketAddress& address) const {
  Origin lower = origin;
  lower.host = to_lower(origin.host);
  return is_test_entry(lower) || (may_call(lower) && is_public_address(address));
}

}  // namespace everbit::net

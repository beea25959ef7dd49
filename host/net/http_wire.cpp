#include "net/http_wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace everbit::net {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
constexpr std::array<std::string_view, 9> kOwnHeaders = {
    "host",    "content-length",    "user-agent", "connection",      "origin",
    "upgrade", "transfer-encoding", "expect",     "proxy-connection"};

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kTokenMarks.find(c) != std::string_view::npos;
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool is_target_character(char c) { return c > ' ' && c < 0x7f && c != '#'; }

std::string_view method_name(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet:
      return "GET";
    case HttpMethod::kPost:
      return "POST";
    case HttpMethod::kPut:
      return "PUT";
    case HttpMethod::kDelete:
      return "DELETE";
  }
  return "GET";
}

bool may_have_body(HttpMethod method) {
  return method == HttpMethod::kPost || method == HttpMethod::kPut;
}

void append_header(std::string& wire, std::string_view name, std::string_view value) {
  wire.append(name).append(": ").append(value).append("\r\n");
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  const char* begin = text.data() + at;
  const auto [stopped, error] = std::from_chars(begin, begin + count, value);
  if (error != std::errc{} || stopped != begin + count || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<std::string> find_fault(const HttpRequest& request) {
  const std::string& target = request.target;
  if (request.origin.host.empty()) return "no host";
  if (!target.starts_with('/') || target.size() > 16384 ||
      !std::all_of(target.begin(), target.end(), is_target_character)) {
    return "bad target";
  }
  if (!request.body.empty() && !may_have_body(request.method)) return "body on a GET or DELETE";
  std::set<std::string> seen;
  for (const HttpHeader& header : request.headers) {
    const std::string name = to_lower(header.name);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_character)) {
      return "bad header name";
    }
    if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), name) != kOwnHeaders.end()) {
      return "header not allowed: " + name;
    }
    if (!seen.insert(name).second) return "header given twice: " + name;
    if (!std::all_of(header.value.begin(), header.value.end(), is_value_character)) {
      return "bad value of header " + name;
    }
  }
  return std::nullopt;
}

std::string to_wire(const HttpRequest& request, std::string_view user_agent) {
  std::string wire;
  wire.reserve(512 + request.body.size());
  wire.append(method_name(request.method)).append(" ").append(request.target);
  wire.append(" HTTP/1.1\r\n");
  append_header(wire, "Host", request.origin.authority());
  append_header(wire, "User-Agent", user_agent);
  for (const HttpHeader& header : request.headers) append_header(wire, header.name, header.value);
  if (may_have_body(request.method)) {
    append_header(wire, "Content-Length", std::to_string(request.body.size()));
  }
  wire.append("\r\n").append(request.body);
  return wire;
}

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT")
    return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto day = digits(text, 5, 2);
  const auto year = digits(text, 12, 4);
  const auto hour = digits(text, 17, 2);
  const auto minute = digits(text, 20, 2);
  const auto second = digits(text, 23, 2);
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second};
}

}  // namespace everbit::net

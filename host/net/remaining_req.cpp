#include "net/remaining_req.h"

#include <algorithm>
#include <charconv>

#include "net/http_wire.h"

namespace everbit::net {
namespace {

constexpr int kMaxSec = 100'000;

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<int> parse_count(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || value < 0 || value > kMaxSec) return std::nullopt;
  return value;
}

}  // namespace

std::optional<RemainingReq> parse_remaining_req(std::string_view text) {
  if (text.size() > 256) return std::nullopt;
  RemainingReq remaining;
  bool has_sec = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string key = to_lower(trim(part.substr(0, equals)));
    const std::string_view value = trim(part.substr(equals + 1));
    if (key == "group") remaining.group = value;
    if (key != "sec") continue;
    const std::optional<int> sec = parse_count(value);
    if (!sec || has_sec) return std::nullopt;
    remaining.sec = *sec;
    has_sec = true;
  }
  if (!has_sec) return std::nullopt;
  return remaining;
}

}  // namespace everbit::net

#include "session/cookies.h"

#include <algorithm>

namespace everbit::session {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::string> find_cookie(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    const std::string_view pair = trimmed(header.substr(0, header.find(';')));
    header.remove_prefix(std::min(header.find(';'), header.size() - 1) + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = std::string(pair.substr(equals + 1));
  }
  return found;
}

std::string make_cookie(std::string_view name, std::string_view value, std::string_view path,
                        std::chrono::seconds life, bool secure) {
  std::string cookie(name);
  cookie.append("=").append(value).append("; Path=").append(path);
  cookie.append("; Max-Age=").append(std::to_string(std::max<std::int64_t>(life.count(), 0)));
  cookie.append("; HttpOnly; SameSite=Lax");
  if (secure) cookie.append("; Secure");
  return cookie;
}

}  // namespace everbit::session

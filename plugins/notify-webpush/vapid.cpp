#include "notify-webpush/vapid.h"

#include <algorithm>

#include "notify-webpush/base64.h"

namespace everbit::notify_webpush {
namespace {

constexpr std::int64_t kLife = 12 * 3600;
constexpr std::int64_t kRenewBefore = 3600;
constexpr std::size_t kLongestSubject = 256;
constexpr std::string_view kScheme = "https://";
constexpr std::string_view kHeader = R"({"typ":"JWT","alg":"ES256"})";

}  // namespace

// Apple refuses blanks and angle brackets, and everybody a JSON text that these would break.
bool is_subject(std::string_view subject) {
  const bool plain = std::all_of(subject.begin(), subject.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<' && c != '>';
  });
  const auto at = subject.find('@');
  const bool mail = subject.starts_with("mailto:") && at != std::string_view::npos && at > 7 &&
                    at + 1 < subject.size();
  const bool site = subject.starts_with(kScheme) && subject.size() > kScheme.size();
  return plain && subject.size() <= kLongestSubject && (mail || site) &&
         subject.find("localhost") == std::string_view::npos;
}

std::optional<std::string> origin_of(std::string_view endpoint) {
  if (!endpoint.starts_with(kScheme)) return std::nullopt;
  std::string_view authority = endpoint.substr(kScheme.size());
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (authority.ends_with(":443")) authority.remove_suffix(4);
  if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
  std::string origin(kScheme);
  for (const char c : authority) {
    if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\') return std::nullopt;
    origin.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  }
  return origin;
}

std::optional<Vapid> Vapid::make(std::string_view subject, std::string_view public_key,
                                 std::string_view private_key) {
  auto point = decode_base64(public_key);
  auto scalar = decode_base64(private_key);
  if (!is_subject(subject) || !point || !scalar) return std::nullopt;
  Key key = import_pair(*scalar, *point);
  wipe(*scalar);
  if (!key) return std::nullopt;
  return Vapid(std::string(subject), std::move(*point), std::move(key));
}

std::string Vapid::make_header(const std::string& origin, std::int64_t expires) const {
  const std::string claims = R"({"aud":")" + origin + R"(","exp":)" + std::to_string(expires) +
                             R"(,"sub":")" + subject_ + R"("})";
  std::string token = base64url(kHeader) + "." + base64url(claims);
  token += "." + base64url(sign_es256(*key_, token));
  return "vapid t=" + token + ", k=" + base64url(point_);
}

const std::string& Vapid::authorization(const std::string& origin, std::int64_t now) {
  // Also one from before the clock was set back is made anew.
  tokens_.remove_if([&](const Token& token) {
    return token.origin == origin &&
           (now >= token.good_until || token.good_until > now + kLife - kRenewBefore);
  });
  const auto kept = std::find_if(tokens_.begin(), tokens_.end(),
                                 [&](const Token& token) { return token.origin == origin; });
  if (kept != tokens_.end()) return kept->header;
  tokens_.push_front({origin, now + kLife - kRenewBefore, make_header(origin, now + kLife)});
  if (tokens_.size() > kMostTokens) tokens_.pop_back();
  return tokens_.front().header;
}

}  // namespace everbit::notify_webpush

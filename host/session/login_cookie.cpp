#include "session/login_cookie.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/base64.h"
#include "crypto/mac.h"
#include "crypto/sealed_box.h"

namespace everbit::session {
namespace {

constexpr std::string_view kPrefix = "everbit_oauth_";
constexpr std::string_view kPurpose = "everbit login cookie 1";
constexpr std::size_t kNamedBy = 6;
constexpr std::size_t kStateSize = 43;  // 32 bytes in base64url
constexpr std::size_t kLongestCookie = 2048;
constexpr std::size_t kFields = 5;

bool is_of_base64url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// One field a line; none holds a line's end.
std::optional<std::array<std::string_view, kFields>> lines_of(std::string_view text) {
  std::array<std::string_view, kFields> lines;
  for (std::size_t at = 0; at < kFields; ++at) {
    const auto end = text.find('\n');
    if ((end == std::string_view::npos) != (at + 1 == kFields)) return std::nullopt;
    lines[at] = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

LoginCookie::LoginCookie(const std::vector<config::SecretVersion>& secrets) {
  for (const auto& version : secrets) {
    keys_.push_back(crypto::derive_key(version.bytes, kPurpose));
  }
}

std::string LoginCookie::name_of(std::string_view state) {
  if (state.size() != kStateSize || !std::all_of(state.begin(), state.end(), is_of_base64url)) {
    return {};
  }
  return std::string(kPrefix).append(state.substr(0, kNamedBy));
}

std::string LoginCookie::seal(const PendingLogin& login) const {
  std::string text = login.state;
  text.append("\n").append(login.nonce).append("\n").append(login.verifier);
  text.append("\n").append(std::to_string(login.started.seconds()));
  text.append("\n").append(login.dashboard);
  return base64url_encode(crypto::seal(keys_.front(), text, name_of(login.state)));
}

std::optional<PendingLogin> LoginCookie::open(std::string_view value, std::string_view state,
                                              Timestamp now) const {
  const std::string name = name_of(state);
  const auto box = value.size() <= kLongestCookie ? base64url_decode(value) : std::nullopt;
  if (name.empty() || !box) return std::nullopt;
  std::optional<std::string> text;
  for (const Secret& key : keys_) {
    if (!text) text = crypto::open(key, *box, name);
  }
  const auto lines = text ? lines_of(*text) : std::nullopt;
  if (!lines || !crypto::equal_in_constant_time((*lines)[0], state)) return std::nullopt;
  std::int64_t started = 0;
  const std::string_view digits = (*lines)[3];
  std::from_chars(digits.data(), digits.data() + digits.size(), started);
  const Timestamp since = Timestamp::from_seconds(started);
  if (now < since || now - since > kLife) return std::nullopt;
  return PendingLogin{std::string(state), std::string((*lines)[1]), std::string((*lines)[2]), since,
                      std::string((*lines)[4])};
}

}  // namespace everbit::session

#include "session/login.h"

#include <openssl/sha.h>

#include <array>

#include "base/base64.h"
#include "base/log.h"
#include "base/random.h"
#include "crypto/mac.h"
#include "session/cookies.h"

namespace everbit::session {
namespace {

// Token, keys and user take five seconds each at most.
constexpr std::chrono::seconds kProviderPatience{16};
constexpr std::chrono::seconds kDatabasePatience{3};
constexpr std::size_t kLongestCode = 2048;

std::string random_text() {
  std::array<std::uint8_t, 32> bytes{};
  secure_random(bytes);
  return base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// PKCE, S256.
std::string challenge_of(std::string_view verifier) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
  return base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// What the dashboard is told of an error on the way: one of page 60's codes.
std::string_view code_of(const Error& error) {
  for (const std::string_view known : {"ACCESS_DENIED", "INVALID_STATE", "NOT_OWNER",
                                       "OWNER_NOT_SET", "KAKAO_TOKEN_ERROR", "KAKAO_USER_ERROR"}) {
    if (error.code == known) return known;
  }
  return "UNAVAILABLE";
}

// What the provider says in place of a code.
Error refusal_of(std::string_view error) {
  if (error == "access_denied") return Error("ACCESS_DENIED", "the login was given up");
  const bool later = error == "server_error" || error == "temporarily_unavailable";
  return Error(later ? "UNAVAILABLE" : "KAKAO_TOKEN_ERROR", "the provider gave no code");
}

}  // namespace

std::string RefreshCookie::set(const TokenPair& pair) const {
  return make_cookie(name(), pair.refresh, kPath, pair.refresh_life, secure);
}

std::string RefreshCookie::clear() const {
  return make_cookie(name(), "", kPath, std::chrono::seconds(0), secure);
}

std::string RefreshCookie::find(std::string_view cookie_header) const {
  return find_cookie(cookie_header, name()).value_or("");
}

std::string Login::completion(const std::string& dashboard, std::string_view error_code) {
  std::string address = dashboard + "/auth/complete";
  if (!error_code.empty()) address.append("?error=").append(error_code);
  return address;
}

Redirect Login::start(const std::string& dashboard) {
  const PendingLogin pending{random_text(), random_text(), random_text(), parts_.clock.now(),
                             dashboard};
  const auto address =
      parts_.provider.authorize_url({pending.state, pending.nonce, challenge_of(pending.verifier)});
  if (!address) {
    log_error("login_not_started", {{"error", to_string(address.error())}});
    return {completion(dashboard, "UNAVAILABLE"), {}};
  }
  return {*address,
          {make_cookie(LoginCookie::name_of(pending.state), parts_.cookie.seal(pending),
                       LoginCookie::kPath, LoginCookie::kLife, parts_.refresh_cookie.secure)}};
}

Redirect Login::finish(const CallbackQuery& query, std::string_view cookie_header,
                       std::string_view user_agent, const std::string& fallback) {
  Redirect next;
  const std::string name = LoginCookie::name_of(query.state);
  if (!name.empty()) {
    next.cookies.push_back(make_cookie(name, "", LoginCookie::kPath, std::chrono::seconds(0),
                                       parts_.refresh_cookie.secure));
  }
  const auto sealed =
      name.empty() || query.is_odd ? std::nullopt : find_cookie(cookie_header, name);
  const auto pending =
      sealed ? parts_.cookie.open(*sealed, query.state, parts_.clock.now()) : std::nullopt;
  if (!pending) {
    log_warn("login_refused", {{"code", "INVALID_STATE"}});
    next.location = completion(fallback, "INVALID_STATE");
    return next;
  }
  const auto entered = enter(*pending, query, cookie_header, user_agent);
  if (!entered) {
    const std::string_view code = code_of(entered.error());
    log_warn("login_refused", {{"code", code}, {"why", entered.error().message}});
    next.location = completion(pending->dashboard, code);
    return next;
  }
  next.cookies.push_back(parts_.refresh_cookie.set(*entered));
  next.location = completion(pending->dashboard);
  return next;
}

Result<TokenPair> Login::enter(const PendingLogin& pending, const CallbackQuery& query,
                               std::string_view cookie_header, std::string_view user_agent) {
  if (!query.error.empty()) return refusal_of(query.error);
  if (query.code.empty() || query.code.size() > kLongestCode) {
    return Error("KAKAO_TOKEN_ERROR", "no code came back");
  }
  const auto subject = parts_.provider.complete({query.code, pending.nonce, pending.verifier},
                                                Deadline::after(kProviderPatience));
  if (!subject) return subject.error();
  if (auto admitted = admit(*subject, Deadline::after(kDatabasePatience)); !admitted) {
    return admitted.error();
  }
  auto pair = parts_.sessions.open(user_agent, parts_.refresh_cookie.find(cookie_header));
  if (pair) write_audit(parts_.pool, parts_.owner, {"login"}, "login", "owner");
  return pair;
}

Result<void> Login::admit(const std::string& subject, Deadline deadline) {
  const auto admission = parts_.door.admit(subject, deadline);
  if (!admission) return admission.error();
  if (*admission == Admission::kOwner) return {};
  const bool unset = *admission == Admission::kOwnerNotSet;
  write_audit(parts_.pool, parts_.owner, {"login"}, "login_refused", hidden(subject));
  return Error(unset ? "OWNER_NOT_SET" : "NOT_OWNER", "an account " + hidden(subject));
}

// A plain hash of so short a number could be undone.
std::string Login::hidden(std::string_view subject) const {
  return base64url_encode(crypto::hmac_sha256(parts_.log_key, subject)).substr(0, 16);
}

}  // namespace everbit::session

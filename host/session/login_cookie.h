#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "config/secret_versions.h"

namespace everbit::session {

// What a login must remember until its callback. Nothing of it is kept here: it travels sealed, in
// a cookie named after the state.
struct PendingLogin {
  std::string state;
  std::string nonce;
  std::string verifier;
  Timestamp started;
  std::string dashboard;  // the origin to go back to
};

// Seals and opens these cookies, AES-256-GCM with keys derived by HKDF-SHA-256 from each version of
// JWT_REFRESH_SECRET. Any thread.
class LoginCookie {
 public:
  static constexpr std::chrono::minutes kLife{10};
  static constexpr std::string_view kPath = "/api/v2";

  explicit LoginCookie(const std::vector<config::SecretVersion>& secrets);

  // "everbit_oauth_" and the first six characters of the state; empty: no state of ours.
  static std::string name_of(std::string_view state);
  std::string seal(const PendingLogin& login) const;
  // Nothing: not sealed by us for this state, or started more than ten minutes ago.
  std::optional<PendingLogin> open(std::string_view value, std::string_view state,
                                   Timestamp now) const;

 private:
  std::vector<Secret> keys_;
};

}  // namespace everbit::session

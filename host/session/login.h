#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/result.h"
#include "session/login_cookie.h"
#include "session/owner_door.h"
#include "session/sessions.h"

namespace everbit::session {

// How the refresh token travels: page 60's cookie.
struct RefreshCookie {
  static constexpr std::string_view kPath = "/api/v2/auth";
  bool secure = true;  // false for http://localhost alone

  std::string_view name() const { return secure ? "__Secure-everbit_refresh" : "everbit_refresh"; }
  std::string set(const TokenPair& pair) const;
  std::string clear() const;
  // The token that came with a request; empty: none.
  std::string find(std::string_view cookie_header) const;
};

// Who proves an identity; the plugin. Both are called on threads that may wait.
struct Provider {
  struct Begin {
    std::string state;
    std::string nonce;
    std::string code_challenge;
  };
  struct Callback {
    std::string code;
    std::string nonce;
    std::string code_verifier;
  };
  std::function<Result<std::string>(const Begin&)> authorize_url;
  // The subject. Codes KAKAO_TOKEN_ERROR, KAKAO_USER_ERROR, UNAVAILABLE.
  std::function<Result<std::string>(const Callback&, Deadline)> complete;
};

// Where the browser goes next, and what it is to remember.
struct Redirect {
  std::string location;
  std::vector<std::string> cookies;  // Set-Cookie values
};

// What came with a callback, each as it was sent; empty for what is missing.
struct CallbackQuery {
  std::string state;
  std::string code;
  std::string error;
  bool is_odd = false;  // one of them stands there twice
};

// The way in: to the provider and back. Keeps nothing between the two, so that no flood of started
// logins fills it. Any thread that may wait.
class Login {
 public:
  // What is named outlives it.
  struct Parts {
    Provider provider;
    const LoginCookie& cookie;
    OwnerDoor& door;
    Sessions& sessions;
    store::Pool& pool;
    store::OwnerId owner;
    const Clock& clock;
    RefreshCookie refresh_cookie;
    Secret log_key;  // hides who was refused in log and audit
  };
  explicit Login(Parts parts) : parts_(std::move(parts)) {}

  // `dashboard`: the origin to come back to, one of http.dashboardOrigins.
  Redirect start(const std::string& dashboard);
  // Always back to a dashboard; `fallback` where the cookie does not tell which.
  Redirect finish(const CallbackQuery& query, std::string_view cookie_header,
                  std::string_view user_agent, const std::string& fallback);

  // Where a dashboard learns how its login ended; without a code it succeeded.
  static std::string completion(const std::string& dashboard, std::string_view error_code = {});

 private:
  Result<TokenPair> enter(const PendingLogin& pending, const CallbackQuery& query,
                          std::string_view cookie_header, std::string_view user_agent);
  Result<void> admit(const std::string& subject, Deadline deadline);
  std::string hidden(std::string_view subject) const;

  const Parts parts_;
};

}  // namespace everbit::session

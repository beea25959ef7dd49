#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "session/audit.h"
#include "session/session_store.h"
#include "session/tokens.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::session {

// What a refresh gives.
struct TokenPair {
  std::string access;
  std::chrono::seconds access_life{0};
  std::string refresh;
  std::chrono::seconds refresh_life{0};  // what is left of the session
};

// The owner's sessions: from the login to their end. Any thread; may wait for Redis and, for the
// audit, for the database.
class Sessions {
 public:
  // What is named outlives it.
  struct Parts {
    const Tokens& tokens;
    SessionStore& store;
    store::Pool& pool;
    store::OwnerId owner;
    Uuid owner_public_id;
    const Clock& clock;
    std::chrono::seconds grace;
  };
  explicit Sessions(Parts parts) : parts_(parts) {}

  // A new session for the owner, who has proved to be it; the one that `replaced` (a refresh token,
  // or empty) belongs to ends. The pair has no access token. Code SESSION_STORE_UNAVAILABLE.
  Result<TokenPair> open(std::string_view user_agent, std::string_view replaced);

  // Codes REFRESH_TOKEN_INVALID, REFRESH_REUSE_DETECTED, SESSION_STORE_UNAVAILABLE.
  Result<TokenPair> refresh(std::string_view token);

  // Ends the session of a refresh token; a token that is none ends nothing. Code
  // SESSION_STORE_UNAVAILABLE.
  Result<void> logout(std::string_view token);

  // Whose an access token is. With `writes`, a session that the store knows to be revoked is
  // refused; a silent store changes nothing. Codes ACCESS_TOKEN_EXPIRED, ACCESS_TOKEN_INVALID,
  // SESSION_REVOKED.
  Result<AccessToken> authenticate(std::string_view token, bool writes) const;

  // Code SESSION_STORE_UNAVAILABLE, as of all that follow.
  Result<std::vector<Session>> list() const;
  Result<bool> revoke(const Uuid& session, const Actor& actor);
  // All but one (nil: none is spared); how many.
  Result<std::int64_t> revoke_all(const Uuid& except, const Actor& actor);
  // For what goes on for longer than a request: true once the session is known to have ended.
  bool is_revoked(const Uuid& session) const;

 private:
  TokenPair pair_of(const RefreshToken& token) const;

  const Parts parts_;
};

}  // namespace everbit::session

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/uuid.h"
#include "session/jwt.h"

namespace everbit::session {

struct AccessToken {
  Uuid owner;   // public id
  Uuid family;  // its session
  Timestamp expires;
};

struct RefreshToken {
  Uuid family;
  std::int64_t generation = 0;
  Timestamp expires;
};

// Makes and reads both tokens of page 60. Each kind has a secret, a typ and required claims of its
// own, so that neither is ever taken for the other. Any thread.
class Tokens {
 public:
  static constexpr std::chrono::minutes kAccessLife{15};
  static constexpr std::chrono::hours kSessionLife{14 * 24};
  static constexpr std::chrono::seconds kLeeway{30};

  // The clock outlives it.
  Tokens(std::vector<config::SecretVersion> access, std::vector<config::SecretVersion> refresh,
         const Clock& clock);

  std::string make_access(const Uuid& owner, const Uuid& family) const;
  std::string make_refresh(const RefreshToken& token) const;

  // Codes TOKEN_INVALID, TOKEN_EXPIRED (good in every other respect; 30 s of leeway).
  Result<AccessToken> read_access(std::string_view token) const;
  // Likewise, without leeway: its end is the session's end.
  Result<RefreshToken> read_refresh(std::string_view token) const;

 private:
  JwtKind access_;
  JwtKind refresh_;
  const Clock& clock_;
};

}  // namespace everbit::session

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth-kakao/key_set.h"
#include "everbit/types.h"

namespace everbit::auth_kakao {

// What an id token must be made for.
struct Expected {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view nonce;
  eb_ts now = 0;
};

// An id token, opened but not believed: its kid names the key to verify it with.
class IdToken {
 public:
  // Empty: not three parts of base64url, a header that is not RS256 or has crit, or no kid.
  static std::optional<IdToken> open(std::string_view token);

  const std::string& kid() const { return kid_; }
  // The subject; empty: the signature does not fit, or a claim is not what is expected. The claims
  // are read after the signature.
  std::optional<std::string> subject(EVP_PKEY* key, const Expected& expected) const;

 private:
  std::string kid_;
  std::string signed_part_;
  std::string claims_;
  std::string signature_;
};

}  // namespace everbit::auth_kakao

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/secret_versions.h"

namespace everbit::session {

// JSON Web Tokens of one kind: HS256 and nothing else, one `typ`, keys by `kid`. What a token says
// of itself is compared with what this kind is, never obeyed. Any thread.
class JwtKind {
 public:
  // The first key signs, all verify.
  JwtKind(std::string typ, std::vector<config::SecretVersion> keys);

  // `claims`: JSON text.
  std::string sign(std::string_view claims) const;

  // The claims of a token whose signature is good; nothing of them has been looked at. One spelling
  // of base64url, a header of exactly alg, kid and typ, at most 4 KiB. Code TOKEN_INVALID; the
  // message says why and quotes nothing.
  Result<std::string> verify(std::string_view token) const;

 private:
  const config::SecretVersion* find(std::string_view kid) const;

  std::string typ_;
  std::vector<config::SecretVersion> keys_;
};

}  // namespace everbit::session

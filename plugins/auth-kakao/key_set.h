#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "everbit/types.h"

extern "C" {
typedef struct evp_pkey_st EVP_PKEY;
}

namespace everbit::auth_kakao {

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

// Kakao's keys for id tokens, by kid. They rotate, and too frequent reads get blocked: read again
// after a day, or for a kid that is not there, but not twice in a minute. One thread.
class KeySet {
 public:
  // Null: not there.
  EVP_PKEY* find(std::string_view kid) const;
  bool may_read(eb_ts now) const;
  bool is_old(eb_ts now) const;
  void begin_reading(eb_ts now) { read_at_ = now; }
  // Takes the RSA keys of at least 2,048 bits out of a JWKS document; false, and nothing is
  // changed, if it has none.
  bool replace(std::string_view document, eb_ts now);

 private:
  struct Entry {
    std::string kid;
    Key key;
  };
  std::vector<Entry> keys_;
  eb_ts read_at_ = 0;
  eb_ts known_since_ = 0;
};

// From the base64url numbers of a JWK; null: they are no such key.
Key rsa_key(std::string_view modulus, std::string_view exponent);

}  // namespace everbit::auth_kakao

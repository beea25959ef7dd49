#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
typedef struct evp_pkey_st EVP_PKEY;
}

namespace everbit::kakao_sim {

// The provider's RSA keys: two at a time, the newest signs.
class SigningKeys {
 public:
  SigningKeys();
  ~SigningKeys();
  SigningKeys(const SigningKeys&) = delete;
  SigningKeys& operator=(const SigningKeys&) = delete;

  // Retires the older one and adds another.
  void rotate();
  const std::string& kid() const;
  std::string jwks() const;
  // RS256 over the text, raw bytes.
  std::string sign(std::string_view text) const;
  // The modulus' bytes, which a confused verifier takes for an HMAC key.
  std::string public_bytes() const;

 private:
  struct Key;
  std::vector<std::unique_ptr<Key>> keys_;
  int made_ = 0;
};

std::string random_text(std::size_t bytes);  // base64url
std::string sha256(std::string_view text);   // raw

}  // namespace everbit::kakao_sim

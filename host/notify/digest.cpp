#include "notify/digest.h"

#include <openssl/evp.h>

#include <stdexcept>

#include "base/base64.h"

namespace everbit::notify {

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  return digest;
}

std::string short_digest(std::string_view text, std::size_t characters) {
  return base64url_encode(sha256(text)).substr(0, characters);
}

}  // namespace everbit::notify

#include "crypto/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace everbit::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses a key or a digest");
}

}  // namespace

std::string hmac_sha256(const Secret& key, std::string_view message) {
  std::string mac(kMacSize, '\0');
  unsigned size = 0;
  const std::string_view bytes = key.reveal();
  require(HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()), bytes_of(message),
               message.size(), reinterpret_cast<unsigned char*>(mac.data()), &size) != nullptr &&
          size == kMacSize);
  return mac;
}

Secret derive_key(const Secret& secret, std::string_view info) {
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
  const std::string_view bytes = secret.reveal();
  std::array<unsigned char, kMacSize> key{};
  std::size_t size = key.size();
  require(context && EVP_PKEY_derive_init(context.get()) > 0 &&
          EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) > 0 &&
          EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes_of(bytes),
                                     static_cast<int>(bytes.size())) > 0 &&
          EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes_of(info),
                                      static_cast<int>(info.size())) > 0 &&
          EVP_PKEY_derive(context.get(), key.data(), &size) > 0 && size == key.size());
  Secret derived(std::string_view(reinterpret_cast<const char*>(key.data()), key.size()));
  wipe(key.data(), key.size());
  return derived;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace everbit::crypto

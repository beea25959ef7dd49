#include "crypto/sealed_box.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include "base/random.h"

namespace everbit::crypto {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kLargest = 1U << 20;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int size_of(std::string_view text) { return static_cast<int>(text.size()); }

void require_sizes(const Secret& key, std::string_view text, std::string_view context) {
  if (key.size() != kKeySize) throw std::logic_error("a sealing key has 32 bytes");
  if (text.size() > kLargest || context.size() > kLargest) {
    throw std::logic_error("too large to seal");
  }
}

}  // namespace

std::string seal(const Secret& key, std::string_view plain, std::string_view context) {
  require_sizes(key, plain, context);
  std::array<std::uint8_t, kNonceSize> nonce{};
  secure_random(nonce);
  std::string sealed(plain.size(), '\0');
  std::string tag(kTagSize, '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  // Of GCM the end writes nothing, but wants a place.
  std::array<unsigned char, kTagSize> rest{};
  const bool done =
      cipher &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.reveal()),
                         nonce.data()) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(context), size_of(context)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes_of(sealed), &size, bytes_of(plain), size_of(plain)) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), rest.data(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagSize),
                          tag.data()) == 1;
  if (!done) throw std::runtime_error("OpenSSL refuses to seal");
  std::string box(nonce.begin(), nonce.end());
  return box.append(sealed).append(tag);
}

std::optional<std::string> open(const Secret& key, std::string_view box, std::string_view context) {
  if (box.size() < kNonceSize + kTagSize || box.size() > kLargest) return std::nullopt;
  require_sizes(key, box, context);
  const std::string_view sealed = box.substr(kNonceSize, box.size() - kNonceSize - kTagSize);
  std::string tag(box.substr(box.size() - kTagSize));
  std::string plain(sealed.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  std::array<unsigned char, kTagSize> rest{};
  const bool good =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.reveal()),
                         bytes_of(box)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(context), size_of(context)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &size, bytes_of(sealed), size_of(sealed)) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagSize),
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), rest.data(), &size) == 1;
  if (good) return plain;
  wipe(plain.data(), plain.size());
  return std::nullopt;
}

}  // namespace everbit::crypto

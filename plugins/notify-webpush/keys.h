#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

extern "C" {
typedef struct evp_pkey_st EVP_PKEY;
}

namespace everbit::notify_webpush {

// Keys of the curve P-256 and what Web Push does with them, on OpenSSL 3. Raw bytes everywhere: a
// point has 65 of them and begins with 04, a scalar has 32. Failures of OpenSSL itself throw
// std::runtime_error.

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

inline constexpr std::size_t kPointSize = 65;
inline constexpr std::size_t kScalarSize = 32;

// Null unless the bytes are an uncompressed point of the curve: OpenSSL alone would take infinity,
// compressed and hybrid forms, too.
Key import_point(std::string_view point);
// Null unless both belong together.
Key import_pair(std::string_view scalar, std::string_view point);
Key make_key();
std::string point_of(const EVP_PKEY& key);

// ECDH: the x coordinate, always 32 bytes.
std::string shared_secret(const EVP_PKEY& own, const EVP_PKEY& other);
// ES256 over the text: r and s, 64 bytes. Different each time.
std::string sign_es256(const EVP_PKEY& key, std::string_view text);

// HKDF-SHA-256 (RFC 5869), `size` bytes.
std::string hkdf(std::string_view salt, std::string_view input, std::string_view info,
                 std::size_t size);
// AES-128-GCM without further data: ciphertext and tag.
std::string seal_aes128(std::string_view key, std::string_view nonce, std::string_view plain);
std::string random_bytes(std::size_t size);
void wipe(std::string& secret);

}  // namespace everbit::notify_webpush

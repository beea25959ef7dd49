#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

extern "C" {
typedef struct evp_pkey_st EVP_PKEY;
}

namespace everbit::push_sim {

// A browser's side of Web Push, on OpenSSL alone and shared with nobody: what it decrypts was
// encrypted right. Raw bytes.

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

Key new_key();
// Null: they do not belong together.
Key key_of(std::string_view scalar, std::string_view point);
Key point_key(std::string_view point);
std::string point_of(const EVP_PKEY& key);

std::string random_bytes(std::size_t size);

// RFC 8188 with a key that is known; any number of records. Empty: no text comes of it.
std::optional<std::string> decrypt_content(std::string_view body, std::string_view input_key);
// RFC 8291: one record, the sender's point as key id.
std::optional<std::string> decrypt_push(std::string_view body, const EVP_PKEY& receiver,
                                        std::string_view auth);

// ES256 of a JWT: over `text`, r and s.
bool verify_es256(std::string_view point, std::string_view text, std::string_view signature);

}  // namespace everbit::push_sim

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace everbit::crypto {

// AES-256-GCM: nonce (12 bytes, random), ciphertext, tag (16 bytes). `context` is authenticated and
// not contained: a box opens only where it was made for. The key has 32 bytes; another length
// throws std::logic_error. At most 2^32 boxes a key. Any thread.
std::string seal(const Secret& key, std::string_view plain, std::string_view context);

// Empty: the box was not made with this key for this context, or was changed since.
std::optional<std::string> open(const Secret& key, std::string_view box, std::string_view context);

}  // namespace everbit::crypto

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace everbit::crypto {

// Any thread. All throw std::runtime_error when OpenSSL refuses, which no caller can put right.

inline constexpr std::size_t kMacSize = 32;

// HMAC-SHA-256, 32 raw bytes.
std::string hmac_sha256(const Secret& key, std::string_view message);

// HKDF-SHA-256 (RFC 5869) without salt: a key of 32 bytes for one purpose, which `info` names.
Secret derive_key(const Secret& secret, std::string_view info);

// In a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace everbit::crypto

#pragma once

#include <string>
#include <string_view>

namespace everbit::exchange_upbit {

// Text that is overwritten before its memory is given back. Reserve enough before appending:
// growing would leave a copy behind.
class WipedText {
 public:
  explicit WipedText(std::size_t capacity) { text.reserve(capacity); }
  ~WipedText();
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;

  std::string text;
};

constexpr std::size_t kMaxAccessKey = 128;
constexpr std::size_t kMaxNonce = 64;
// "Bearer " and the longest token.
constexpr std::size_t kMaxBearer = 1024;

// Lower-case hex of SHA-512.
std::string query_hash(std::string_view query);

// Appends "Bearer <token>", HS512. `query` is the text that the hash covers, not percent-encoded;
// empty for a request without parameters. The key is the raw bytes of the secret. False if
// libcrypto fails. Access key and nonce must be plain (text.h) and within their limits.
bool append_bearer(WipedText& out, std::string_view access_key, std::string_view secret_key,
                   std::string_view nonce, std::string_view query);

}  // namespace everbit::exchange_upbit

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "notify-webpush/keys.h"

namespace everbit::notify_webpush {

// The content encoding aes128gcm (RFC 8188) and how Web Push finds its key (RFC 8291).

inline constexpr std::size_t kSaltSize = 16;
inline constexpr std::size_t kAuthSize = 16;
inline constexpr std::uint32_t kRecordSize = 4096;
// A push service need not take more than 4,096 bytes: header 86, delimiter 1, tag 16.
inline constexpr std::size_t kMostPlain = 3993;

struct ContentKey {
  std::string key;    // 16 bytes
  std::string nonce;  // 12 bytes, of the first record
};
ContentKey content_key(std::string_view salt, std::string_view input_key);

// One body of as many records as it takes. `padding` zero bytes lie behind the delimiter of the
// last one. `record_size` is at least 18 and holds the padding beside the data.
std::string encode_aes128gcm(std::string_view plain, std::string_view input_key,
                             std::string_view salt, std::string_view key_id,
                             std::uint32_t record_size, std::size_t padding = 0);

// Whom a message is for.
struct Receiver {
  Key key;
  std::string point;
  std::string auth;
};
// Empty: p256dh is no point of the curve, or auth has not 16 bytes. Both are base64.
std::optional<Receiver> parse_receiver(std::string_view p256dh, std::string_view auth);

// The input key of one message from the sender's key of that message.
std::string message_key(const Receiver& receiver, const EVP_PKEY& sender);

// A push message's body: a single record with a fresh salt and a fresh key. Empty when the text is
// longer than kMostPlain.
std::optional<std::string> encrypt(std::string_view plain, const Receiver& receiver);
// The same with both given; for tests, as neither may ever be used twice.
std::string encrypt_with(std::string_view plain, const Receiver& receiver, const EVP_PKEY& sender,
                         std::string_view salt, std::size_t padding = 0);

}  // namespace everbit::notify_webpush

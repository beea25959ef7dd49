#include "notify-webpush/encryption.h"

#include <algorithm>

#include "notify-webpush/base64.h"

namespace everbit::notify_webpush {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kKeySize = 16;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kInputKeySize = 32;
constexpr std::size_t kOverhead = 17;  // delimiter and tag of a record
// Each text ends in a zero byte.
constexpr std::string_view kKeyInfo = "Content-Encoding: aes128gcm\0"sv;
constexpr std::string_view kNonceInfo = "Content-Encoding: nonce\0"sv;
constexpr std::string_view kMessageInfo = "WebPush: info\0"sv;

constexpr char kMoreRecords = '\x01';
constexpr char kLastRecord = '\x02';

void append_big_endian(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU));
  }
}

// The nonce of a record is that of the first, XOR its number as a 96-bit integer.
std::string nonce_of(std::string nonce, std::uint64_t record) {
  for (std::size_t i = 0; i < sizeof record; ++i) {
    char& byte = nonce[kNonceSize - 1 - i];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (record >> (8 * i) & 0xffU));
  }
  return nonce;
}

}  // namespace

ContentKey content_key(std::string_view salt, std::string_view input_key) {
  return {hkdf(salt, input_key, kKeyInfo, kKeySize), hkdf(salt, input_key, kNonceInfo, kNonceSize)};
}

std::string encode_aes128gcm(std::string_view plain, std::string_view input_key,
                             std::string_view salt, std::string_view key_id,
                             std::uint32_t record_size, std::size_t padding) {
  ContentKey content = content_key(salt, input_key);
  std::string body(salt);
  append_big_endian(body, record_size);
  body.push_back(static_cast<char>(key_id.size()));
  body.append(key_id);
  const std::size_t most = record_size - kOverhead;
  for (std::uint64_t record = 0;; ++record) {
    const bool last = plain.size() + padding <= most;
    std::string padded(plain.substr(0, std::min(most, plain.size())));
    plain.remove_prefix(padded.size());
    padded.push_back(last ? kLastRecord : kMoreRecords);
    if (last) padded.append(padding, '\0');
    body += seal_aes128(content.key, nonce_of(content.nonce, record), padded);
    if (last) break;
  }
  wipe(content.key);
  return body;
}

std::optional<Receiver> parse_receiver(std::string_view p256dh, std::string_view auth) {
  auto point = decode_base64(p256dh);
  auto secret = decode_base64(auth);
  if (!point || !secret || secret->size() != kAuthSize) return std::nullopt;
  Key key = import_point(*point);
  if (!key) return std::nullopt;
  return Receiver{std::move(key), std::move(*point), std::move(*secret)};
}

std::string message_key(const Receiver& receiver, const EVP_PKEY& sender) {
  std::string info(kMessageInfo);
  info += receiver.point;
  info += point_of(sender);
  std::string secret = shared_secret(sender, *receiver.key);
  std::string key = hkdf(receiver.auth, secret, info, kInputKeySize);
  wipe(secret);
  return key;
}

std::string encrypt_with(std::string_view plain, const Receiver& receiver, const EVP_PKEY& sender,
                         std::string_view salt, std::size_t padding) {
  std::string key = message_key(receiver, sender);
  std::string body = encode_aes128gcm(plain, key, salt, point_of(sender), kRecordSize, padding);
  wipe(key);
  return body;
}

std::optional<std::string> encrypt(std::string_view plain, const Receiver& receiver) {
  if (plain.size() > kMostPlain) return std::nullopt;
  const Key sender = make_key();
  return encrypt_with(plain, receiver, *sender, random_bytes(kSaltSize));
}

}  // namespace everbit::notify_webpush

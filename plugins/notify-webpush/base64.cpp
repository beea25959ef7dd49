#include "notify-webpush/base64.h"

#include <cstdint>

namespace everbit::notify_webpush {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int value_of(char c) {
  if (c == '+') return 62;
  if (c == '/') return 63;
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 4 / 3 + 3);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = held << 8U | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      out.push_back(kAlphabet[held >> bits & 0x3fU]);
    }
  }
  if (bits != 0) out.push_back(kAlphabet[held << (6 - bits) & 0x3fU]);
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (const auto padding = text.find('='); padding != std::string_view::npos) {
    if (text.size() % 4 != 0 || text.size() - padding > 2 ||
        text.find_first_not_of('=', padding) != std::string_view::npos) {
      return std::nullopt;
    }
    text = text.substr(0, padding);
  }
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    held = held << 6U | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(held >> bits & 0xffU));
    }
  }
  // A lone character, or bits that another spelling would have had otherwise.
  if (bits == 6 || (held & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace everbit::notify_webpush

#include "base/uuid.h"

#include "base/random.h"

namespace everbit {
namespace {

constexpr std::size_t kTextSize = 36;

bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void stamp(Uuid::Bytes& bytes, unsigned version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
}

}  // namespace

Uuid Uuid::make_v4() {
  Bytes bytes{};
  secure_random(bytes);
  stamp(bytes, 4);
  return Uuid(bytes);
}

Uuid Uuid::make_v7(Timestamp now) {
  Bytes bytes{};
  secure_random(bytes);
  const auto ms = static_cast<std::uint64_t>(now.ms());
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  }
  stamp(bytes, 7);
  return Uuid(bytes);
}

Result<Uuid> Uuid::parse(std::string_view text) {
  const Error bad("UUID_SYNTAX", "not a UUID");
  if (text.size() != kTextSize) return bad;
  Bytes bytes{};
  std::size_t nibble = 0;
  for (std::size_t at = 0; at < kTextSize; ++at) {
    if (is_dash_place(at)) {
      if (text[at] != '-') return bad;
      continue;
    }
    const int digit = hex_digit(text[at]);
    if (digit < 0) return bad;
    auto& byte = bytes[nibble / 2];
    byte = static_cast<std::uint8_t>((byte << 4) | digit);
    ++nibble;
  }
  return Uuid(bytes);
}

std::string Uuid::to_string() const {
  const std::string hex = to_hex(bytes_);
  std::string text;
  text.reserve(kTextSize);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (is_dash_place(text.size())) text.push_back('-');
    text.push_back(hex[i]);
  }
  return text;
}

}  // namespace everbit

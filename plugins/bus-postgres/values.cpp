#include "bus-postgres/values.h"

namespace everbit::bus_postgres {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

eb_value make(std::int32_t kind, std::int64_t integer, const std::uint8_t* bytes,
              std::uint64_t len) {
  return eb_value{kind, 0, integer, 0.0, {bytes, len}};
}

}  // namespace

eb_value null_value() { return make(EB_VALUE_NULL, 0, nullptr, 0); }
eb_value int_value(std::int64_t number) { return make(EB_VALUE_INT, number, nullptr, 0); }
eb_value text_value(std::string_view text) {
  return make(EB_VALUE_TEXT, 0, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}
eb_value uuid_value(const std::uint8_t* bytes) { return make(EB_VALUE_UUID, 0, bytes, 16); }

std::string uuid_text(const std::uint8_t* bytes) {
  std::string text;
  text.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

bool read_uuid(std::string_view text, std::uint8_t* bytes) {
  int digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int digit = hex_digit(c);
    if (digit < 0 || digits == 32) return false;
    std::uint8_t& byte = bytes[digits / 2];
    byte = static_cast<std::uint8_t>(digits % 2 == 0 ? digit << 4 : byte | digit);
    ++digits;
  }
  return digits == 32;
}

void ArrayText::separate() {
  if (text_.size() > 1) text_ += ',';
}

void ArrayText::add(std::int64_t number) {
  separate();
  text_ += std::to_string(number);
}

void ArrayText::add(std::string_view text) {
  separate();
  text_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

void ArrayText::add_uuid(const std::uint8_t* bytes) {
  separate();
  text_ += uuid_text(bytes);
}

void ArrayText::add_null() {
  separate();
  text_ += "NULL";
}

std::string_view ArrayText::str() {
  if (!finished_) text_ += '}';
  finished_ = true;
  return text_;
}

}  // namespace everbit::bus_postgres

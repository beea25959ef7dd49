#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "upbit-sim/base/decimal.h"

namespace everbit::upbit_sim {

// How a JSON number is spelt. All three are seen on the wire, so a client must read all three.
enum class NumberStyle { kPlain, kPoint, kExponent };  // 120000000, 120000000.0, 1.2E8

std::string spell(const Decimal& value, NumberStyle style);

// Writes one JSON text, front to back; commas are its own business. Members are written only inside
// an object. One thread.
class JsonWriter {
 public:
  explicit JsonWriter(NumberStyle style = NumberStyle::kPlain) : style_(style) {}

  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_array() { return open('['); }
  JsonWriter& close_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& number(const Decimal& value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // a finished JSON value

  // Members.
  JsonWriter& text(std::string_view name, std::string_view value) {
    return key(name).string(value);
  }
  JsonWriter& decimal_text(std::string_view name, const Decimal& value) {
    return key(name).string(value.to_string());
  }
  JsonWriter& number(std::string_view name, const Decimal& value) {
    return key(name).number(value);
  }
  JsonWriter& integer(std::string_view name, std::int64_t value) {
    return key(name).integer(value);
  }
  JsonWriter& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& null(std::string_view name) { return key(name).null(); }

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  NumberStyle style_;
  bool first_ = true;  // no comma before the next value
  std::string out_;
};

}  // namespace everbit::upbit_sim

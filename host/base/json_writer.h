#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/timestamp.h"
#include "base/uuid.h"

namespace everbit {

// Writes JSON text piece by piece: no white space, keys in the order of the calls, so that the same
// calls give the same bytes (hashes and golden files rely on it). Decimals and UUIDs become
// strings, doubles their shortest round-trip form, NaN and infinities null; timestamps ISO text
// with milliseconds. Nesting errors throw std::logic_error. One thread.
class JsonWriter {
 public:
  JsonWriter() = default;

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& null();
  JsonWriter& value(bool flag);
  JsonWriter& value(double number);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(Decimal number);
  JsonWriter& value(const Uuid& uuid);
  JsonWriter& value(Timestamp time);
  template <std::signed_integral T>
  JsonWriter& value(T number) {
    return signed_value(static_cast<std::int64_t>(number));
  }
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) JsonWriter& value(T number) {
    return unsigned_value(static_cast<std::uint64_t>(number));
  }
  // A null for an empty optional.
  template <class Optional>
  requires requires(const Optional& o) {
    o.has_value();
    *o;
  }
  JsonWriter& value(const Optional& optional) {
    return optional.has_value() ? value(*optional) : null();
  }
  // A Decimal as a JSON number, for formats that ask for one.
  JsonWriter& number(Decimal number);
  // Text that is JSON already; it is not checked.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& field(std::string_view name, const T& item) {
    return key(name).value(item);
  }

  // The text; complete once every object and array is ended.
  const std::string& str() const { return out_; }
  std::string take();

 private:
  enum class Place : std::uint8_t { kArray, kObject, kValue };
  struct Level {
    Place place;
    bool empty;
  };

  JsonWriter& signed_value(std::int64_t number);
  JsonWriter& unsigned_value(std::uint64_t number);
  void before_value();
  void end(Place place, char bracket);

  std::string out_;
  std::vector<Level> levels_;
};

// Appends `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
// Appends the shortest text that reads back as `number`, or null.
void append_json_double(std::string& out, double number);

}  // namespace everbit

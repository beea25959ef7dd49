#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "upbit-sim/base/decimal.h"

namespace everbit::upbit_sim {

// A parsed JSON value. Numbers keep their text, objects their key order (the query_hash of a POST
// is made of the keys in body order). Hostile input is refused, not repaired: depth 32, 1 MiB.
class Json {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  using Member = std::pair<std::string, Json>;

  // nullopt: not JSON. `error` gets the reason.
  static std::optional<Json> parse(std::string_view text, std::string* error = nullptr);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_number() const { return kind_ == Kind::kNumber; }
  bool is_bool() const { return kind_ == Kind::kBool; }

  bool boolean() const { return boolean_; }
  const std::string& text() const { return text_; }  // a string's value or a number's spelling
  const std::vector<Json>& items() const { return items_; }
  const std::vector<Member>& members() const { return members_; }

  const Json* find(std::string_view key) const;  // nullptr: not an object, or no such key
  // Typed lookups of an object's member; nullopt when absent, null or of another type. Numbers are
  // accepted as JSON numbers or as strings.
  std::optional<std::string> string_at(std::string_view key) const;
  std::optional<std::int64_t> integer_at(std::string_view key) const;
  std::optional<double> double_at(std::string_view key) const;
  std::optional<bool> bool_at(std::string_view key) const;
  std::optional<Decimal> decimal_at(std::string_view key) const;

 private:
  friend struct JsonBuilder;
  Kind kind_ = Kind::kNull;
  bool boolean_ = false;
  std::string text_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

}  // namespace everbit::upbit_sim

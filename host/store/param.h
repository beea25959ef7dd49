#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/timestamp.h"
#include "base/uuid.h"

namespace everbit::store {

// A bytea parameter; borrows until the statement has run.
struct Bytes {
  std::span<const std::uint8_t> data;
};

// One parameter of a statement, in the form in which it goes over the wire: text. PostgreSQL infers
// the type from the statement. Timestamps are cut to microseconds.
class Param {
 public:
  Param(std::nullopt_t) : is_null_(true) {}                  // NOLINT: implicit on purpose
  Param(bool value) : text_(value ? "t" : "f") {}            // NOLINT
  Param(std::string_view value) : text_(value) {}            // NOLINT
  Param(const std::string& value) : text_(value) {}          // NOLINT
  Param(const char* value) : text_(value) {}                 // NOLINT
  Param(double value);                                       // NOLINT
  Param(const Decimal& value) : text_(value.to_string()) {}  // NOLINT
  Param(const Uuid& value) : text_(value.to_string()) {}     // NOLINT
  Param(Timestamp value) : text_(value.to_iso_us()) {}       // NOLINT
  Param(Bytes value);                                        // NOLINT
  Param(const std::vector<std::string>& values);             // NOLINT
  Param(const std::vector<std::int64_t>& values);            // NOLINT
  Param(const std::vector<Uuid>& values);                    // NOLINT

  template <std::integral T>
  Param(T value) : text_(std::to_string(value)) {}  // NOLINT
  template <class Tag, class Rep>
  Param(const StrongId<Tag, Rep>& id) : Param(id.value()) {}  // NOLINT
  template <class T>
  Param(const std::optional<T>& value)
      : Param(value ? Param(*value) : Param(std::nullopt)) {}  // NOLINT

  bool is_null() const { return is_null_; }
  // False for a text that would be cut at its NUL byte: refused before it is sent.
  bool is_sendable() const { return text_.find('\0') == std::string::npos; }
  const char* data() const { return is_null() ? nullptr : text_.c_str(); }

 private:
  std::string text_;
  bool is_null_ = false;
};

}  // namespace everbit::store

#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <type_traits>

#include "base/decimal.h"

namespace everbit::api {

// What JsonWriter writes as text, read back. For the .cpp files of this folder; throws what
// simdjson throws for a value that is missing or of another type, ResultError for other text.
template <class T>
T required(const simdjson::dom::element& json) {
  const std::string_view text = json.get_string();
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(text);
  } else if constexpr (std::is_same_v<T, Decimal>) {
    return Decimal::parse(text, DecimalParse::kExact).value();
  } else {
    return T::parse(text).value();
  }
}

template <class T>
std::optional<T> optional(const simdjson::dom::element& json) {
  if (json.is_null()) return std::nullopt;
  return required<T>(json);
}

}  // namespace everbit::api

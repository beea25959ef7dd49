#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/field_errors.h"
#include "base/decimal.h"

namespace everbit::api {

// A request's body: one JSON object, each of whose fields is asked for by name. What was of the
// wrong type, given twice, or never asked for, is refused by name, all of it in one answer.
class Body {
 public:
  // An empty text counts as {}.
  explicit Body(std::string_view json);

  // Empty: not given, or refused.
  std::optional<bool> boolean(const std::string& name);
  std::optional<std::string> text(const std::string& name, std::size_t most_bytes);
  // The same where null counts as not given.
  std::optional<std::string> optional_text(const std::string& name, std::size_t most_bytes);
  // Money and volumes: text, or a number without exponent. null counts as not given.
  std::optional<Decimal> decimal(const std::string& name);

  // Says of a field why it will not do, in the words of FieldErrors.
  void refuse(const std::string& field, std::string_view reason);

  // After all fields were asked for: the 400 with every field, or none.
  std::optional<http::Response> refusal();

 private:
  struct Other {};
  struct Null {};
  struct Number {
    std::string text;  // as it was sent
  };
  using Value = std::variant<Other, Null, bool, std::string, Number>;
  class Reader;
  std::optional<Value> take(const std::string& name);

  std::map<std::string, Value> fields_;  // not yet asked for
  FieldErrors errors_;
};

}  // namespace everbit::api

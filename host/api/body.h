#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/message.h"

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

  // Says of a field why it will not do. Reasons: REQUIRED, NOT_BOOLEAN, NOT_TEXT, TOO_LONG,
  // NOT_ALLOWED, UNKNOWN_FIELD, GIVEN_TWICE; NOT_JSON_OBJECT of the whole.
  void refuse(const std::string& field, std::string_view reason);

  // After all fields were asked for: the 400 with every field, or none.
  std::optional<http::Response> refusal();

 private:
  struct Other {};
  using Value = std::variant<Other, bool, std::string>;
  struct Refused {
    std::string field;
    std::string reason;
  };
  std::optional<Value> take(const std::string& name);

  std::map<std::string, Value> fields_;  // not yet asked for
  std::vector<Refused> refused_;
};

}  // namespace everbit::api

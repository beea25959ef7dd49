#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/field_errors.h"

namespace everbit::api {

// What stands behind the '?' of an address, each parameter asked for by name. What will not do,
// stands twice, or was never asked for, is refused by name, all of it in one answer.
class Query {
 public:
  explicit Query(std::string_view encoded);

  // Empty: not given, or refused.
  std::optional<std::string> text(const std::string& name, std::size_t most_bytes);
  int integer(const std::string& name, int least, int most, int otherwise);

  // Says of a parameter why it will not do, in the words of FieldErrors.
  void refuse(const std::string& name, std::string_view reason) { errors_.add(name, reason); }

  // After all parameters were asked for: the 400 with every one, or none.
  std::optional<http::Response> refusal();

 private:
  std::map<std::string, std::string> values_;  // not yet asked for
  FieldErrors errors_;
};

// The text as it may stand in a path or behind a '='.
std::string url_encoded(std::string_view text);

}  // namespace everbit::api

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace everbit::api {

// Why the fields of a request will not do; all of them are named in one answer.
//
// Reasons: REQUIRED, NOT_BOOLEAN, NOT_TEXT, NOT_NUMBER, TOO_LONG, OUT_OF_RANGE, NOT_ALLOWED,
// NOT_A_KEY, UNKNOWN_FIELD, GIVEN_TWICE, NOT_ENCODED; NOT_JSON_OBJECT of a whole body.
class FieldErrors {
 public:
  void add(std::string field, std::string_view reason);
  // The 400 with every field, or none.
  std::optional<http::Response> answer() const;

 private:
  struct One {
    std::string field;
    std::string reason;
  };
  std::vector<One> all_;
};

}  // namespace everbit::api

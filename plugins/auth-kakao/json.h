#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace everbit::auth_kakao {

// A JSON object from the network. A name that stands there twice makes it no object: whichever
// value is taken might be the wrong one.
class JsonObject {
 public:
  static std::optional<JsonObject> parse(std::string_view text);
  JsonObject(JsonObject&&) = default;

  // Nothing for a member that is absent or of another type.
  std::optional<std::string_view> text(std::string_view name) const;
  // A whole number as it is written, so that ids above 2^53 stay what they are.
  std::optional<std::int64_t> number(std::string_view name) const;
  bool has(std::string_view name) const;
  // The member's value for what the above do not read.
  simdjson::simdjson_result<simdjson::dom::element> at(std::string_view name) const {
    return object_.at_key(name);
  }

 private:
  JsonObject() = default;
  // Stays where it is: the object points into it.
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::object object_;
};

// Whether no name stands there twice.
bool has_distinct_names(const simdjson::dom::object& object);

}  // namespace everbit::auth_kakao

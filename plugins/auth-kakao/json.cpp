#include "auth-kakao/json.h"

#include <set>

namespace everbit::auth_kakao {

bool has_distinct_names(const simdjson::dom::object& object) {
  std::set<std::string_view> names;
  for (const auto& field : object) {
    if (!names.insert(field.key).second) return false;
  }
  return true;
}

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  JsonObject json;
  if (json.parser_->parse(simdjson::padded_string(text)).get(json.object_) != simdjson::SUCCESS ||
      !has_distinct_names(json.object_)) {
    return std::nullopt;
  }
  return json;
}

std::optional<std::string_view> JsonObject::text(std::string_view name) const {
  std::string_view found;
  if (at(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

std::optional<std::int64_t> JsonObject::number(std::string_view name) const {
  std::int64_t found = 0;
  if (at(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

bool JsonObject::has(std::string_view name) const { return at(name).error() == simdjson::SUCCESS; }

}  // namespace everbit::auth_kakao

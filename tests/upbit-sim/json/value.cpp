#include "upbit-sim/json/value.h"

#include <simdjson.h>

#include <cstdlib>

#include "upbit-sim/base/text.h"

namespace everbit::upbit_sim {

namespace od = simdjson::ondemand;

struct JsonBuilder {
  static constexpr int kMaxDepth = 32;

  // Throws simdjson::simdjson_error.
  template <typename Source>
  static Json build(Source& source, int depth) {
    if (depth > kMaxDepth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
    Json json;
    const od::json_type type = source.type();
    switch (type) {
      case od::json_type::null:
        if (!bool(source.is_null())) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
        break;
      case od::json_type::boolean:
        json.kind_ = Json::Kind::kBool;
        json.boolean_ = source.get_bool();
        break;
      case od::json_type::number: {
        json.kind_ = Json::Kind::kNumber;
        json.text_ = std::string(trimmed(source.raw_json_token()));
        static_cast<void>(double(source.get_double()));
        break;
      }
      case od::json_type::string:
        json.kind_ = Json::Kind::kString;
        json.text_ = std::string(std::string_view(source.get_string()));
        break;
      case od::json_type::array:
        json.kind_ = Json::Kind::kArray;
        for (auto item : source.get_array()) {
          od::value value = item.value();
          json.items_.push_back(build(value, depth + 1));
        }
        break;
      case od::json_type::object:
        json.kind_ = Json::Kind::kObject;
        for (auto field : source.get_object()) {
          std::string key(std::string_view(field.unescaped_key()));
          od::value value = field.value();
          json.members_.emplace_back(std::move(key), build(value, depth + 1));
        }
        break;
    }
    return json;
  }

  static std::string_view trimmed(std::string_view token) {
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  }
};

std::optional<Json> Json::parse(std::string_view text, std::string* error) {
  try {
    if (text.size() > 1024 * 1024) throw simdjson::simdjson_error(simdjson::CAPACITY);
    const simdjson::padded_string padded(text);
    od::parser parser;
    od::document document = parser.iterate(padded);
    Json json = JsonBuilder::build(document, 0);
    const char* rest = nullptr;
    if (document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) {
      throw simdjson::simdjson_error(simdjson::TAPE_ERROR);  // something follows the value
    }
    return json;
  } catch (const simdjson::simdjson_error& problem) {
    if (error != nullptr) *error = problem.what();
    return std::nullopt;
  }
}

const Json* Json::find(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

std::optional<std::string> Json::string_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->text();
}

std::optional<std::int64_t> Json::integer_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return parse_integer(value->text());
}

std::optional<double> Json::double_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || value->text().empty()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(value->text().c_str(), &end);
  if (*end != '\0') return std::nullopt;
  return number;
}

std::optional<bool> Json::bool_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->boolean();
}

std::optional<Decimal> Json::decimal_at(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return Decimal::parse(value->text());
}

}  // namespace everbit::upbit_sim

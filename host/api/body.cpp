#include "api/body.h"

#include <simdjson.h>

#include <set>

#include "base/json_writer.h"
#include "http/error_body.h"

namespace everbit::api {
namespace {

constexpr http::ErrorText kInvalid{400, "BAD_REQUEST", "VALIDATION_FAILED",
                                   "요청의 값이 올바르지 않습니다."};

}  // namespace

Body::Body(std::string_view json) {
  if (json.empty()) return;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(simdjson::padded_string(json)).get_object().get(object) != simdjson::SUCCESS) {
    refuse("", "NOT_JSON_OBJECT");
    return;
  }
  std::set<std::string, std::less<>> twice;
  for (const auto [key, element] : object) {
    Value value;
    if (element.is_bool()) value = element.get_bool().value();
    if (element.is_string()) value = std::string(element.get_string().value());
    const bool first = fields_.emplace(key, std::move(value)).second;
    if (!first && twice.emplace(key).second) refuse(std::string(key), "GIVEN_TWICE");
  }
}

std::optional<Body::Value> Body::take(const std::string& name) {
  auto found = fields_.extract(name);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

std::optional<bool> Body::boolean(const std::string& name) {
  const auto value = take(name);
  if (!value) return std::nullopt;
  if (const bool* flag = std::get_if<bool>(&*value)) return *flag;
  refuse(name, "NOT_BOOLEAN");
  return std::nullopt;
}

std::optional<std::string> Body::text(const std::string& name, std::size_t most_bytes) {
  auto value = take(name);
  if (!value) return std::nullopt;
  auto* const text = std::get_if<std::string>(&*value);
  if (text == nullptr) {
    refuse(name, "NOT_TEXT");
  } else if (text->size() > most_bytes) {
    refuse(name, "TOO_LONG");
  } else {
    return std::move(*text);
  }
  return std::nullopt;
}

void Body::refuse(const std::string& field, std::string_view reason) {
  refused_.push_back({field, std::string(reason)});
}

std::optional<http::Response> Body::refusal() {
  for (const auto& [name, value] : fields_) refuse(name, "UNKNOWN_FIELD");
  fields_.clear();
  if (refused_.empty()) return std::nullopt;
  JsonWriter json;
  json.begin_object().key("fields").begin_array();
  for (const Refused& refused : refused_) {
    json.begin_object().field("field", refused.field).field("reason", refused.reason).end_object();
  }
  json.end_array().end_object();
  return http::error_response(kInvalid, json.str());
}

}  // namespace everbit::api

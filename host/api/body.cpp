#include "api/body.h"

#include <simdjson.h>

#include <set>

namespace everbit::api {
namespace {

constexpr std::string_view kWhite = " \t\r\n";

std::string trimmed(std::string_view text) {
  return std::string(text.substr(0, text.find_last_not_of(kWhite) + 1));
}

}  // namespace

// A number is kept as it was written: a double would not hold it. The text is known to be JSON.
class Body::Reader {
 public:
  static Value read(simdjson::ondemand::value json) {
    using simdjson::ondemand::json_type;
    switch (json_type(json.type())) {
      case json_type::boolean:
        return bool(json.get_bool());
      case json_type::string:
        return std::string(std::string_view(json.get_string()));
      case json_type::number:
        return Number{trimmed(json.raw_json_token())};
      case json_type::null:
        return Null{};
      default:
        return Other{};
    }
  }
};

Body::Body(std::string_view json) {
  if (json.empty()) return;
  const simdjson::padded_string text(json);
  simdjson::dom::parser checking;
  simdjson::dom::object whole;
  if (checking.parse(text).get_object().get(whole) != simdjson::SUCCESS) {
    refuse("", "NOT_JSON_OBJECT");
    return;
  }
  simdjson::ondemand::parser parser;
  auto document = parser.iterate(text);
  std::set<std::string, std::less<>> twice;
  for (auto field : document.get_object()) {
    std::string key(std::string_view(field.unescaped_key()));
    Value value = Reader::read(field.value());
    const bool first = fields_.emplace(key, std::move(value)).second;
    if (!first && twice.insert(key).second) refuse(key, "GIVEN_TWICE");
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

std::optional<std::string> Body::optional_text(const std::string& name, std::size_t most_bytes) {
  const auto found = fields_.find(name);
  if (found == fields_.end() || !std::holds_alternative<Null>(found->second)) {
    return text(name, most_bytes);
  }
  fields_.erase(found);
  return std::nullopt;
}

std::optional<Decimal> Body::decimal(const std::string& name) {
  const auto value = take(name);
  if (!value || std::holds_alternative<Null>(*value)) return std::nullopt;
  const auto* number = std::get_if<Number>(&*value);
  const auto* text = std::get_if<std::string>(&*value);
  if (number != nullptr) text = &number->text;
  if (text != nullptr && text->find_first_of("eE") == std::string::npos) {
    if (const auto read = Decimal::parse(*text, DecimalParse::kExact)) return *read;
  }
  refuse(name, "NOT_NUMBER");
  return std::nullopt;
}

void Body::refuse(const std::string& field, std::string_view reason) { errors_.add(field, reason); }

std::optional<http::Response> Body::refusal() {
  for (const auto& [name, value] : fields_) refuse(name, "UNKNOWN_FIELD");
  fields_.clear();
  return errors_.answer();
}

}  // namespace everbit::api

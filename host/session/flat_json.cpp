#include "session/flat_json.h"

#include <simdjson.h>

#include <algorithm>

namespace everbit::session {

std::optional<FlatJson> FlatJson::parse(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(simdjson::padded_string(text)).get(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  FlatJson flat;
  for (const auto& [name, value] : object) {
    if (flat.find(name) != nullptr) return std::nullopt;
    Member member{std::string(name), std::nullopt, 0};
    std::string_view words;
    if (value.get(words) == simdjson::SUCCESS) {
      member.text = words;
    } else if (value.get(member.number) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    flat.members_.push_back(std::move(member));
  }
  return flat;
}

const FlatJson::Member* FlatJson::find(std::string_view name) const {
  const auto at = std::find_if(members_.begin(), members_.end(),
                               [&](const Member& member) { return member.name == name; });
  return at == members_.end() ? nullptr : &*at;
}

std::optional<std::string_view> FlatJson::text(std::string_view name) const {
  const Member* const member = find(name);
  if (member == nullptr || !member->text) return std::nullopt;
  return *member->text;
}

std::optional<std::int64_t> FlatJson::number(std::string_view name) const {
  const Member* const member = find(name);
  if (member == nullptr || member->text) return std::nullopt;
  return member->number;
}

}  // namespace everbit::session

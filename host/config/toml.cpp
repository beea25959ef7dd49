#include "config/toml.h"

#include <cstddef>

namespace {

// toml++ 3.3 assumes in places what only its input decides, such as the first character of a
// table's name. Here an assumption that does not hold refuses the text, in every build.
struct BrokenAssumption {};
[[noreturn]] void refuse_assumption() { throw BrokenAssumption(); }

}  // namespace

#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : refuse_assumption())
#include <toml++/toml.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "config/toml_guard.h"

namespace everbit::config {
namespace {

Error unsupported(const toml::node& node) {
  return Error("TOML_SYNTAX", "dates and times are not used in this file",
               std::to_string(node.source().begin.line));
}

Result<TomlValue> convert(const toml::node& node);

Result<TomlValue> convert_table(const toml::table& table) {
  TomlValue::Table members;
  for (const auto& [key, child] : table) {
    auto value = convert(child);
    if (!value) return value;
    members.push_back({std::string(key.str()), std::move(*value)});
  }
  return TomlValue{std::move(members), static_cast<int>(table.source().begin.line)};
}

Result<TomlValue> convert_array(const toml::array& array) {
  TomlValue::Array items;
  for (const auto& child : array) {
    auto value = convert(child);
    if (!value) return value;
    items.push_back(std::move(*value));
  }
  return TomlValue{std::move(items), static_cast<int>(array.source().begin.line)};
}

Result<TomlValue> convert(const toml::node& node) {
  const int line = static_cast<int>(node.source().begin.line);
  if (const auto* table = node.as_table()) return convert_table(*table);
  if (const auto* array = node.as_array()) return convert_array(*array);
  if (const auto* text = node.as_string()) return TomlValue{text->get(), line};
  if (const auto* number = node.as_integer()) return TomlValue{number->get(), line};
  if (const auto* number = node.as_floating_point()) return TomlValue{number->get(), line};
  if (const auto* flag = node.as_boolean()) return TomlValue{flag->get(), line};
  return unsupported(node);
}

void write(JsonWriter& json, const TomlValue& value) {
  if (const auto* table = value.as<TomlValue::Table>()) {
    json.begin_object();
    for (const auto& [key, member] : *table) {
      json.key(key);
      write(json, member);
    }
    json.end_object();
  } else if (const auto* array = value.as<TomlValue::Array>()) {
    json.begin_array();
    for (const TomlValue& item : *array) write(json, item);
    json.end_array();
  } else {
    std::visit(
        [&](const auto& item) {
          if constexpr (requires { json.value(item); }) json.value(item);
        },
        value.data);
  }
}

bool breaks_an_assumption(std::string_view text) {
  try {
    (void)toml::parse(text);
  } catch (const toml::parse_error&) {
    return false;
  } catch (const BrokenAssumption&) {
    return true;
  }
  return false;
}

// The first line at whose end the text breaks an assumption already.
std::size_t find_broken_line(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t at = text.find('\n'); at < text.size(); at = text.find('\n', at + 1)) {
    ends.push_back(at);
  }
  const auto holds = [text](std::size_t end) { return !breaks_an_assumption(text.substr(0, end)); };
  const auto first = std::partition_point(ends.begin(), ends.end(), holds);
  return static_cast<std::size_t>(first - ends.begin()) + 1;
}

}  // namespace

std::string_view TomlValue::type_name() const {
  static constexpr std::string_view kNames[] = {"true or false", "a whole number", "a number",
                                                "text",          "a list",         "a table"};
  return kNames[data.index()];
}

Result<TomlValue> parse_toml(std::string_view text) {
  if (auto fault = find_toml_fault(text)) return std::move(*fault);
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return Error("TOML_SYNTAX", std::string(error.description()),
                 std::to_string(error.source().begin.line));
  } catch (const BrokenAssumption&) {
    return Error("TOML_SYNTAX", "not TOML", std::to_string(find_broken_line(text)));
  }
}

std::string canonical(const TomlValue& value) {
  JsonWriter json;
  write(json, value);
  return json.take();
}

}  // namespace everbit::config

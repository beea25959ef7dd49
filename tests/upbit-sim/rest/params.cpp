#include "upbit-sim/rest/params.h"

#include "upbit-sim/base/text.h"

namespace everbit::upbit_sim {

std::optional<Params> Params::of_query(std::string_view query) {
  Params params;
  for (const std::string& part : split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string raw = equals == std::string::npos ? "" : part.substr(equals + 1);
    const auto name = percent_decode(part.substr(0, equals));
    const auto value = percent_decode(raw);
    if (!name || !value) return std::nullopt;
    params.items_.push_back({*name, *value, raw});
  }
  return params;
}

std::optional<std::string> Params::get(std::string_view name) const {
  for (const Item& item : items_) {
    if (item.name == name && !item.value.empty()) return item.value;
  }
  return std::nullopt;
}

std::string_view Params::raw(std::string_view name) const {
  for (const Item& item : items_) {
    if (item.name == name) return item.raw;
  }
  return {};
}

std::vector<std::string> Params::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Item& item : items_) {
    if (item.name == name) values.push_back(item.value);
  }
  return values;
}

std::vector<std::string> Params::list(std::string_view name) const {
  return split(get(name).value_or(""), ',');
}

bool Params::has(std::string_view name) const {
  for (const Item& item : items_) {
    if (item.name == name) return true;
  }
  return false;
}

}  // namespace everbit::upbit_sim

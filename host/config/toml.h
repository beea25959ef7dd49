#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace everbit::config {

struct TomlMember;

// A TOML value with the line it stands on; keeps toml++ out of every other file.
struct TomlValue {
  using Array = std::vector<TomlValue>;
  using Table = std::vector<TomlMember>;

  std::variant<bool, std::int64_t, double, std::string, Array, Table> data;
  int line = 0;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
  // "text", "whole number" …, for messages.
  std::string_view type_name() const;
};

struct TomlMember {
  std::string key;
  TomlValue value;
};

// A whole document, a Table. Dates are refused: no setting is one. Error TOML_SYNTAX with the line
// in `field`.
Result<TomlValue> parse_toml(std::string_view text);

// One text for each value, whatever its spelling; equal texts mean equal settings.
std::string canonical(const TomlValue& value);

}  // namespace everbit::config

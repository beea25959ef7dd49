#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plugins/buffers.h"

namespace everbit::plugins {

// Views of the pairs; valid as long as they are.
inline std::vector<eb_field> to_fields(
    const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<eb_field> fields;
  fields.reserve(pairs.size());
  for (const auto& [key, value] : pairs) fields.push_back({to_abi(key), to_abi(value)});
  return fields;
}

}  // namespace everbit::plugins

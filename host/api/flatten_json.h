#pragma once

#include <optional>
#include <string_view>

#include "base/json_writer.h"
#include "trading/pipeline/flattened.h"

namespace everbit::api {

// The object of POST flatten.
void write_json(JsonWriter& json, const trading::Flattened& flattened);
// That read back; empty: it is not that.
std::optional<trading::Flattened> parse_flattened(std::string_view json);

}  // namespace everbit::api

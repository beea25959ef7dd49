#pragma once

#include <optional>
#include <string_view>

#include "base/json_writer.h"
#include "trading/control/switch_words.h"

namespace everbit::api {

// The object of GET kill-switch, and `blockedUntil`.
void write_json(JsonWriter& json, const trading::SwitchView& view);
// The body of PUT kill-switch.
std::string to_json(const trading::SwitchChange& change);
// What the first has written; fields that it does not know are passed over. Empty: it is not that.
std::optional<trading::SwitchView> parse_switch(std::string_view json);

}  // namespace everbit::api

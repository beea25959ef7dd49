#pragma once

#include <iosfwd>

#include "base/json_writer.h"
#include "trading/control/switch_words.h"

namespace everbit::cli {

// The object of GET kill-switch and `blockedUntil`.
void write_json(JsonWriter& json, const trading::SwitchView& view);
void print(std::ostream& out, const trading::SwitchView& view);

}  // namespace everbit::cli

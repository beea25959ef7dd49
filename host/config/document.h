#pragma once

#include <string>

namespace everbit::config {

// The documented settings file with every key at its default, made from the schema.
// config/everbit.toml is this text; a test compares them.
std::string settings_document();

}  // namespace everbit::config

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/settings.h"

namespace everbit::config {

// What is wrong with settings that are each right by themselves: pairs of field and message.
std::vector<std::pair<std::string, std::string>> check_whole(const Settings& settings);

}  // namespace everbit::config

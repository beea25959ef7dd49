#pragma once

#include <string_view>

namespace everbit::notify {

// Whether a click may lead there: a path of the dashboard and nothing that a browser could read as
// another site, neither as it stands nor after decoding.
bool is_deep_link(std::string_view text);

}  // namespace everbit::notify

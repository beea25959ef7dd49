#pragma once

#include <string_view>

namespace everbit {

// The account's kill switch, from most to least trading; the stricter of two is std::max of them.
enum class AccountPosition { kOn, kExitsOnly, kOff };

// "ON", "EXITS_ONLY", "OFF"
std::string_view to_string(AccountPosition position);
// Throws std::logic_error for any other text: the table's CHECK allows no other.
AccountPosition account_position_from(std::string_view text);

}  // namespace everbit

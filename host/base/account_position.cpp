#include "base/account_position.h"

#include <stdexcept>
#include <string>

namespace everbit {

std::string_view to_string(AccountPosition position) {
  switch (position) {
    case AccountPosition::kOn:
      return "ON";
    case AccountPosition::kExitsOnly:
      return "EXITS_ONLY";
    case AccountPosition::kOff:
      break;
  }
  return "OFF";
}

AccountPosition account_position_from(std::string_view text) {
  if (text == "ON") return AccountPosition::kOn;
  if (text == "EXITS_ONLY") return AccountPosition::kExitsOnly;
  if (text == "OFF") return AccountPosition::kOff;
  throw std::logic_error("no account position: " + std::string(text));
}

}  // namespace everbit

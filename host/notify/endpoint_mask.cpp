#include <algorithm>

#include "notify/subscriptions.h"

namespace everbit::notify {

std::string masked(std::string_view endpoint) {
  constexpr std::size_t kTail = 6;
  const auto scheme = endpoint.find("://");
  const auto from = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto slash = std::min(endpoint.find_first_of("/?", from), endpoint.size());
  const std::string_view behind = endpoint.substr(slash);
  std::string out(endpoint.substr(0, slash));
  out += "…";
  out += behind.substr(behind.size() - std::min(kTail, behind.size()));
  return out;
}

}  // namespace everbit::notify

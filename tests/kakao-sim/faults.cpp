#include "kakao-sim/faults.h"

#include <algorithm>
#include <limits>

namespace everbit::kakao_sim {

std::string Faults::add(const upbit_sim::Json& rule) {
  const auto on = rule.string_at("on");
  if (!on || (*on != "authorize" && *on != "token" && *on != "jwks" && *on != "user")) {
    return "'on' is authorize, token, jwks or user";
  }
  const auto count = rule.integer_at("count").value_or(std::numeric_limits<std::int64_t>::max());
  if (count < 1) return "'count' is at least 1";
  rules_.push_back({*on, count, rule});
  return {};
}

std::optional<upbit_sim::Json> Faults::take(std::string_view endpoint) {
  const auto at = std::find_if(rules_.begin(), rules_.end(),
                               [&](const Rule& rule) { return rule.on == endpoint; });
  if (at == rules_.end()) return std::nullopt;
  upbit_sim::Json rule = at->json;
  if (--at->left == 0) rules_.erase(at);
  return rule;
}

}  // namespace everbit::kakao_sim

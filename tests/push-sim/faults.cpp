#include "push-sim/faults.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace everbit::push_sim {
namespace {

constexpr std::array<std::string_view, 9> kFields{"action",   "status",     "retry_after",
                                                  "body",     "body_bytes", "location",
                                                  "delay_ms", "pause_ms",   "count"};
constexpr std::array<std::string_view, 5> kActions{"respond", "cut_before", "cut_after",
                                                   "cut_within", "hang"};

}  // namespace

std::string Faults::add(const upbit_sim::Json& rule) {
  if (!rule.is_object()) return "a rule is an object";
  for (const auto& [name, value] : rule.members()) {
    if (std::find(kFields.begin(), kFields.end(), name) == kFields.end())
      return "no such field: " + name;
  }
  const std::string action = rule.string_at("action").value_or("respond");
  if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
    return "no such action: " + action;
  }
  rules_.push_back({rule.integer_at("count").value_or(1), rule});
  return "";
}

std::optional<upbit_sim::Json> Faults::take() {
  if (rules_.empty()) return std::nullopt;
  Rule& rule = rules_.front();
  upbit_sim::Json json = rule.json;
  if (--rule.left <= 0) rules_.pop_front();
  return json;
}

}  // namespace everbit::push_sim

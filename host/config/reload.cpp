#include "config/reload.h"

#include "config/schema.h"

namespace everbit::config {
namespace {

const std::string& value_of(const Settings& settings, std::string_view name) {
  return settings.effective.at(std::string(name));
}

}  // namespace

ReloadPlan plan_reload(const Settings& current, const Settings& next) {
  ReloadPlan plan;
  for (const Key& key : schema()) {
    if (value_of(current, key.name) == value_of(next, key.name)) continue;
    auto& keys = key.rule.change == Change::kRunning ? plan.running : plan.restart;
    keys.emplace_back(key.name);
  }
  return plan;
}

Settings apply_reload(const Settings& current, const Settings& next, const ReloadPlan& plan) {
  Settings result = current;
  for (const std::string& name : plan.running) {
    result.effective[name] = next.effective.at(name);
    if (name == "log.level") result.log.level = next.log.level;
    if (name == "ops.hosts") result.ops.hosts = next.ops.hosts;
  }
  return result;
}

}  // namespace everbit::config

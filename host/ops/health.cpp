#include "ops/health.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"

namespace everbit::ops {

void Health::expect(std::string_view check) {
  const std::lock_guard lock(mutex_);
  checks_.try_emplace(std::string(check), Check{false, "not yet reported"});
}

void Health::set(std::string_view check, bool good, std::string_view detail) {
  const std::lock_guard lock(mutex_);
  Check& known = checks_[std::string(check)];
  if (known.good != good) {
    log_at(good ? LogLevel::kInfo : LogLevel::kWarn, "health_changed",
           {{"check", check}, {"good", good}, {"detail", detail}});
  }
  known = Check{good, std::string(detail)};
}

void Health::set_dead(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (!dead_) dead_reason_ = reason;
  dead_ = true;
}

void Health::set_stopping() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
}

bool Health::live() const {
  const std::lock_guard lock(mutex_);
  return !dead_;
}

bool Health::ready_locked() const {
  return !dead_ && !stopping_ &&
         std::all_of(checks_.begin(), checks_.end(), [](const auto& c) { return c.second.good; });
}

bool Health::ready() const {
  const std::lock_guard lock(mutex_);
  return ready_locked();
}

std::string Health::live_json() const {
  const std::lock_guard lock(mutex_);
  JsonWriter json;
  json.begin_object().field("status", dead_ ? "DOWN" : "UP").key("reason");
  if (dead_) {
    json.value(dead_reason_);
  } else {
    json.null();
  }
  return json.end_object().take();
}

std::string Health::ready_json() const {
  const std::lock_guard lock(mutex_);
  JsonWriter json;
  json.begin_object().field("status", ready_locked() ? "UP" : "DOWN");
  json.field("stopping", stopping_).key("checks").begin_array();
  for (const auto& [name, check] : checks_) {
    json.begin_object().field("name", name).field("good", check.good);
    json.field("detail", check.detail).end_object();
  }
  return json.end_array().end_object().take();
}

}  // namespace everbit::ops

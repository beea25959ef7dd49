#include "trading/control/trading_switch.h"

#include <algorithm>
#include <map>

namespace everbit::trading {

bool permits(AccountPosition position, IntentType type) {
  switch (position) {
    case AccountPosition::kOn:
      return true;
    case AccountPosition::kExitsOnly:
      return type != IntentType::kEntry;
    case AccountPosition::kOff:
      break;
  }
  return false;
}

void TradingSwitch::update(const SwitchReading& reading, SteadyTime as_of) {
  const std::lock_guard lock(mutex_);
  if (reading_ && reading.version < reading_->version) return;
  reading_ = reading;
  read_at_ = std::max(read_at_, as_of);
}

void TradingSwitch::set_files(const SwitchFiles& files) {
  const std::lock_guard lock(mutex_);
  files_ = files;
}

void TradingSwitch::order(const Restriction& restriction) {
  const std::lock_guard lock(mutex_);
  own_.add(restriction);
}

void TradingSwitch::ordered_in_file(const SwitchFiles& files) {
  const std::lock_guard lock(mutex_);
  files_ = files;
  own_ = {};
}

AccountPosition TradingSwitch::position() const {
  const std::lock_guard lock(mutex_);
  if (stale()) return AccountPosition::kOff;
  return std::max(reading_->row.account, restricted().position);
}

bool TradingSwitch::strategy_enabled(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return !stale() && reading_->row.strategy_enabled(key) && !restricted().stops(key);
}

Restriction TradingSwitch::restriction() const {
  const std::lock_guard lock(mutex_);
  return restricted();
}

Restriction TradingSwitch::orders() const {
  const std::lock_guard lock(mutex_);
  return ordered();
}

bool TradingSwitch::is_stale() const {
  const std::lock_guard lock(mutex_);
  return stale();
}

bool TradingSwitch::flatten_active() const {
  const std::lock_guard lock(mutex_);
  return reading_ && reading_->row.flatten_active;
}

std::optional<SwitchReading> TradingSwitch::reading() const {
  const std::lock_guard lock(mutex_);
  return reading_;
}

bool TradingSwitch::stale() const { return !reading_ || read_at_ < clock_.steady_now() - kMaxAge; }

bool TradingSwitch::file_counts() const {
  if (!files_.state) return false;
  return !files_.state->stored || !reading_ || reading_->changed_at < files_.state->changed_at;
}

Restriction TradingSwitch::ordered() const {
  Restriction all = own_;
  if (file_counts()) all.add(files_.state->restriction);
  return all;
}

Restriction TradingSwitch::restricted() const {
  Restriction all = ordered();
  if (files_.owner_file || files_.state_unreadable) all.position = AccountPosition::kOff;
  return all;
}

std::optional<std::string> TradingSwitch::reason(AccountPosition position) const {
  if (files_.owner_file) return "KILL_FILE_PRESENT";
  if (files_.state_unreadable) return "KILL_STATE_UNREADABLE";
  if (reading_ && position == reading_->row.account) return reading_->row.reason_code;
  if (file_counts() && files_.state->restriction.position == position) {
    return files_.state->reason_code;
  }
  if (stale()) return "SWITCH_UNREAD";
  return "OWNER";
}

SwitchView TradingSwitch::view() const {
  const std::lock_guard lock(mutex_);
  const Restriction strictest = restricted();
  SwitchView view;
  std::map<std::string, bool> strategies;
  if (reading_) {
    const store::KillSwitch& row = reading_->row;
    view.position = std::max(row.account, strictest.position);
    view.changed_at = reading_->changed_at;
    view.changed_by = reading_->changed_by;
    view.flatten_active = row.flatten_active;
    view.blocked_until = reading_->blocked_until;
    for (const std::string& key : reading_->known_strategies) strategies[key] = false;
    for (const std::string& key : row.enabled_strategies) strategies[key] = !strictest.stops(key);
  }
  if (stale()) view.position = AccountPosition::kOff;
  view.reason_code = reason(view.position);
  view.stored = ordered().is_empty();
  if (!view.stored && file_counts()) {
    view.changed_at = files_.state->changed_at;
    view.changed_by = files_.state->changed_by;
  }
  for (auto& [key, enabled] : strategies) view.strategies.push_back({key, enabled});
  return view;
}

}  // namespace everbit::trading

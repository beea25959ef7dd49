#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "trading/control/switch_words.h"
#include "trading/types.h"

namespace everbit::trading {

// Whether the position lets an intent of that type become an order (page 10's table).
bool permits(AccountPosition position, IntentType type);

// The kill switch as this process obeys it, in memory: the strictest of the database's row, the
// files of the state folder and the process's own order. Without a reading of the row for 1 s it
// counts as OFF for creating orders. Asked directly before the first byte of every create-order, so
// no call waits for anything but a lock that is held for a copy. Any thread.
class TradingSwitch {
 public:
  static constexpr std::chrono::seconds kMaxAge{1};

  explicit TradingSwitch(const Clock& clock) : clock_(clock) {}

  // What the database says; the reading began at `as_of`. An older version than is known already is
  // ignored.
  void update(const SwitchReading& reading, SteadyTime as_of);
  // What lies in the state folder now.
  void set_files(const SwitchFiles& files);
  // This process's own order, until the state file holds it: adds to what is ordered already.
  void order(const Restriction& restriction);
  // The state file holds all that was ordered.
  void ordered_in_file(const SwitchFiles& files);

  AccountPosition position() const;
  bool strategy_enabled(std::string_view key) const;
  bool permits(IntentType type) const { return trading::permits(position(), type); }
  // The owner's own exits ask no strategy.
  bool permits(IntentType type, std::string_view strategy_key) const {
    return permits(type) && (type == IntentType::kExitManual || strategy_enabled(strategy_key));
  }

  // All that is stricter than the row: the owner's file, and what was ordered. A transaction that
  // has the row itself takes the stricter of the two.
  Restriction restriction() const;
  // What was ordered, here or in the state file, and is not known to be in the row.
  Restriction orders() const;
  // The row was not read for too long. What is refused for that alone may be tried again.
  bool is_stale() const;
  bool flatten_active() const;
  // The newest reading, however old; empty before the first.
  std::optional<SwitchReading> reading() const;
  SwitchView view() const;

 private:
  bool stale() const;
  bool file_counts() const;
  Restriction ordered() const;
  Restriction restricted() const;
  std::optional<std::string> reason(AccountPosition position) const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<SwitchReading> reading_;
  SteadyTime read_at_ = SteadyTime::min();
  SwitchFiles files_;
  Restriction own_;
};

}  // namespace everbit::trading

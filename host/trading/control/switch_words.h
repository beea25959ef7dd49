#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/account_position.h"
#include "base/timestamp.h"
#include "store/gates.h"

namespace everbit::trading {

// What somebody wants of the kill switch; what is left empty stays as it is.
struct SwitchChange {
  struct Strategy {
    std::string key;
    bool enabled = false;
  };
  std::optional<AccountPosition> account{};
  std::optional<Strategy> strategy{};
};

// Who asked, for the audit: "owner", "cli:1000", "everbitd".
struct Actor {
  std::string name;
  std::optional<std::int64_t> uid{};
};

// At most so much trading, whatever the row says. Empty: no restriction.
struct Restriction {
  AccountPosition position = AccountPosition::kOn;
  std::vector<std::string> strategies_off{};

  bool is_empty() const { return position == AccountPosition::kOn && strategies_off.empty(); }
  bool stops(std::string_view strategy_key) const;
  // Becomes the stricter of both.
  void add(const Restriction& other);
  bool operator==(const Restriction&) const = default;
};

// What the database says of the switch, read at one moment.
struct SwitchReading {
  std::int64_t version = 0;  // grows with every change of the row
  store::KillSwitch row;
  Timestamp changed_at;
  std::optional<std::string> changed_by;
  std::vector<std::string> known_strategies;  // active ones; enabled or not
  std::optional<Timestamp> blocked_until;     // a 418 block that is in force
};

// The daemon's own file kill-switch.state: what was ordered last in this state folder.
struct StateFile {
  Restriction restriction;
  // False: the database does not have it yet, and it holds whatever the row says. True: the row had
  // it when it was changed at `changed_at`; an older row (old data that somebody put back) does not
  // lift it, a newer one does.
  bool stored = false;
  Timestamp changed_at;
  std::string changed_by;
  std::string reason_code;

  bool operator==(const StateFile&) const = default;
};

// What lies in the state folder.
struct SwitchFiles {
  std::optional<StateFile> state;
  bool state_unreadable = false;  // it is there, but does not say anything: OFF
  bool owner_file = false;        // kill-switch.off: OFF, the owner's to remove

  bool operator==(const SwitchFiles&) const = default;
};

// The switch as it is shown: as this process obeys it.
struct SwitchView {
  struct Strategy {
    std::string key;
    bool enabled = false;
    bool operator==(const Strategy&) const = default;
  };
  AccountPosition position = AccountPosition::kOff;
  std::vector<Strategy> strategies;  // in key order
  // Why it stands so: the row's reason, or why this process is stricter than the row:
  // KILL_FILE_PRESENT, KILL_STATE_UNREADABLE, SWITCH_UNREAD (the database is silent).
  std::optional<std::string> reason_code;
  Timestamp changed_at;
  std::optional<std::string> changed_by;
  bool flatten_active = false;
  // False while the database lacks something that was ordered.
  bool stored = true;
  std::optional<Timestamp> blocked_until;
};

}  // namespace everbit::trading

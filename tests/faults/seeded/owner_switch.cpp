#include "faults/seeded/owner_switch.h"

#include <utility>

namespace everbit::faults {

OwnerSwitch::OwnerSwitch(Parts parts) : parts_(std::move(parts)) {}

void OwnerSwitch::turn_off() {
  if (std::exchange(turned_off_, true)) return;
  const bool row_first = parts_.choices.one_in(2);
  const auto gap = parts_.choices.between(100, 900);
  const auto duration = parts_.choices.between(3000, 20'000);
  const auto row = [this](bool off) { write_row(off); };
  const auto told = [this](bool off) { tell(off); };
  if (row_first) {
    row(true);
    parts_.scheduler.after(gap, [told] { told(true); });
  } else {
    told(true);
    parts_.scheduler.after(gap, [row] { row(true); });
  }
  parts_.scheduler.after(duration, [row] { row(false); });
  parts_.scheduler.after(duration + gap, [told] { told(false); });
}

void OwnerSwitch::tell(bool off) {
  told_off_ = off;
  ++version_;
  parts_.changed();
}

void OwnerSwitch::write_row(bool off) {
  parts_.database.set_time(parts_.clock.now());
  row_off_ = off;
  (void)parts_.database.sql(std::string("UPDATE kill_switch SET account_position = '") +
                            (off ? "OFF" : "ON") + "'");
}

trading::SwitchReading OwnerSwitch::reading() const {
  trading::SwitchReading reading;
  reading.version = version_;
  reading.row.account = told_off_ ? AccountPosition::kOff : AccountPosition::kOn;
  reading.row.enabled_strategies = {"FOLLOWER"};
  reading.known_strategies = {"FOLLOWER"};
  return reading;
}

}  // namespace everbit::faults

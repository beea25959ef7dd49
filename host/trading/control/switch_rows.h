#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "store/pool.h"
#include "store/trading_transaction.h"
#include "trading/control/switch_words.h"

namespace everbit::trading {

// The switch as the database has it, in one statement. Without a row it is OFF.
Result<SwitchReading> read_switch(store::Pool& pool, store::OwnerId owner, Deadline deadline);

// What a change of the row moved.
struct SwitchMoved {
  AccountPosition position = AccountPosition::kOff;  // after it
  bool account = false;                              // it is another one than before
  std::vector<SwitchChange::Strategy> strategies{};
  bool flatten = false;  // a flatten began or ended
  std::string reason_code;
  std::string changed_by;

  bool is_nothing() const { return !account && strategies.empty() && !flatten; }
};

// What the row is to be.
struct SwitchTarget {
  AccountPosition account = AccountPosition::kOff;
  std::vector<std::string> enabled_strategies;  // in key order
  bool flatten_active = false;
};

// Writes the row, which the transaction holds FOR UPDATE, and an audit row for each part that
// moved. What stands already is left alone.
Result<SwitchMoved> write_switch(store::TradingTransaction& tx, const SwitchTarget& target,
                                 const Actor& actor, const std::string& reason_code);

}  // namespace everbit::trading

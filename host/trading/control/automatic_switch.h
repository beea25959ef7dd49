#pragma once

#include <string>

#include "base/result.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

// What Everbit does to the account switch by itself: a 418 turns it OFF, too many UNKNOWN attempts
// or the daily loss leave exits only.
struct AutomaticSwitch {
  OwnerId owner;
  AccountPosition to = AccountPosition::kOff;  // kExitsOnly or kOff
  std::string reason_code;
  std::string trace_id;
};

// Moves the row towards less trading, with its audit row and KillSwitchChanged; never back, which
// is the owner's act. False: it stood there already, or stricter. The caller's transaction has the
// row FOR UPDATE (Locks::kill_switch).
Result<bool> tighten_account_switch(store::Transaction& tx, Outbox& outbox,
                                    const AutomaticSwitch& change);

}  // namespace everbit::trading

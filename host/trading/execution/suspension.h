#pragma once

#include <string>

#include "base/result.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

struct Suspension {
  OwnerId owner;
  std::string market;
  std::string reason_code;
  std::string trace_id;
};

// The market trades no more until the owner releases it; MarketSuspended is told once. The first
// reason stays. The caller's transaction holds the market's lock.
Result<void> suspend_market(store::Transaction& tx, Outbox& outbox, const Suspension& suspension);

}  // namespace everbit::trading

#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

struct ExchangeBlock {
  OwnerId owner;
  std::chrono::seconds named{0};  // what Upbit said; 0: nothing readable
  std::string trace_id;
};

// A 418: no Exchange REST call until the named time (nothing readable: 60 s, doubling with each
// block), kept for the next process, and the account switch goes OFF by itself. Resuming is the
// owner's act.
Result<void> store_exchange_block(store::Transaction& tx, Outbox& outbox,
                                  const ExchangeBlock& block);

}  // namespace everbit::trading

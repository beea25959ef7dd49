#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "net/rate_limiter.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

struct ExchangeBlock {
  OwnerId owner;
  net::RateSide side = net::RateSide::kExchange;
  std::chrono::seconds named{0};  // what Upbit said; 0: nothing readable
  std::string body;               // of the answer, of which a hash is kept
  std::string trace_id;
};

// A 418: no call of that side until the named time (nothing readable: 60 s, doubling with each
// block that follows within a day), kept for the next process. On the exchange's side the account
// switch goes OFF by itself; resuming is the owner's act.
Result<void> store_exchange_block(store::Transaction& tx, Outbox& outbox,
                                  const ExchangeBlock& block);

}  // namespace everbit::trading

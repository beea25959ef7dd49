#pragma once

#include <vector>

#include "base/result.h"
#include "plugins/exchange/exchange_types.h"
#include "store/pool.h"
#include "trading/types.h"

namespace everbit::trading {

// The account as the exchange reports it: the newest full reading, replaced by a change whose own
// timestamp is after that reading began. Never computed from fills. Any thread; blocks on the
// database.
class Balances {
 public:
  Balances(store::Pool& pool, OwnerId owner, Mode mode) : pool_(pool), owner_(owner), mode_(mode) {}

  // A full reading that began at `reading_at` (exchange time): what it does not name is 0.
  Result<void> store_reading(const std::vector<plugins::Account>& accounts, Timestamp reading_at);
  // Currencies that changed, with their new absolute values.
  Result<void> store_changes(const std::vector<plugins::Account>& accounts);

 private:
  store::Pool& pool_;
  OwnerId owner_;
  Mode mode_;
};

}  // namespace everbit::trading

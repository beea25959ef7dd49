#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "plugins/exchange/exchange_types.h"
#include "store/pool.h"
#include "store/trading_transaction.h"
#include "trading/execution/order_recorder.h"
#include "trading/outbox.h"
#include "trading/portfolio/fill_book.h"

namespace everbit::trading {

// Applies what the exchange says of one order, from the private WebSocket or by REST: the order,
// its fills and its end, in one transaction under the market's lock. Saying it again changes
// nothing. Any thread; blocks on the database.
class OrderSync {
 public:
  struct Parts {
    store::Pool& pool;
    OrderRecorder& recorder;
    FillBook& fills;
    Outbox& outbox;
    OwnerId owner;
    Mode mode = Mode::kReal;
  };

  explicit OrderSync(Parts parts) : parts_(std::move(parts)) {}

  Result<void> apply(const plugins::Order& order, const std::vector<plugins::Fill>& fills,
                     FillSource source);

  // Whether the order is recorded. One that is not, and names no identifier, may be ours all the
  // same: it must be read by REST before it is applied.
  Result<bool> knows(const std::string& order_uuid);

  // Uuids of our orders that are not closed.
  Result<std::vector<std::string>> unfinished();

 private:
  Result<store::TradingTransaction> begin(const std::string& market);

  Parts parts_;
};

}  // namespace everbit::trading

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
// nothing, in whatever order it is said. Any thread; blocks on the database.
class OrderSync {
 public:
  struct Parts {
    store::Pool& pool;
    OrderRecorder& recorder;
    FillBook& fills;
    Outbox& outbox;
    OwnerId owner;
    Mode mode = Mode::kReal;
    // This process's instance: FENCED when another one is the trader. Empty: not compared.
    std::optional<Uuid> trader{};
  };

  explicit OrderSync(Parts parts) : parts_(std::move(parts)) {}

  struct Applied {
    OrderRecorder::Recorded recorded = OrderRecorder::Recorded::kKnown;
    int new_fills = 0;
    bool closed = false;  // now, by this
    // Final at the exchange, and the fills known do not sum up to what it executed.
    bool lacks_fills = false;
    // A fill came again with another price or volume: the order must be read by REST.
    bool read_again = false;
  };

  // From REST with all its trades: fills get the order's fee rate, and when the order had a fill
  // that came in two versions and its sum is wrong still, the market is SUSPENDED FILL_CONFLICT.
  Result<Applied> apply(const plugins::Order& order, const std::vector<plugins::Fill>& fills,
                        FillSource source);

  // Whether the order is recorded. One that is not, and names no identifier, may be ours all the
  // same: it must be read by REST before it is applied.
  Result<bool> knows(const std::string& order_uuid);

  // Uuids of our orders and orphans that are not closed, the oldest first; an empty market means
  // all.
  Result<std::vector<std::string>> unfinished(const std::string& market = {});

  // What is recorded of an order that the exchange lists.
  struct Standing {
    bool known = false;
    // Recorded as ours or as an orphan, or named by an identifier of ours.
    bool ours = false;
    bool closed = false;
    bool final_state = false;
    bool fills_sum_up = false;
    Decimal executed_volume;
  };
  // One for each, in their order.
  Result<std::vector<Standing>> standings(const std::vector<plugins::Order>& listed);

 private:
  Result<store::TradingTransaction> begin(const std::string& market);
  Result<Applied> apply_in(store::Transaction& tx, const plugins::Order& order,
                           const std::vector<plugins::Fill>& fills, FillSource source);
  Result<void> judge_conflict(store::Transaction& tx, const plugins::Order& order);

  Parts parts_;
};

}  // namespace everbit::trading

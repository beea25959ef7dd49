#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "plugins/exchange/exchange_types.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/portfolio/entry_book.h"
#include "trading/types.h"

namespace everbit::trading {

enum class FillSource { kWebSocket, kRest };

// Books executions: a fill once by its trade_uuid, and in the same transaction what it does to the
// position, the trade and the profit. All sums are made by PostgreSQL over the stored fills, exact
// to the last digit, never from a number read before the lock was taken.
//
// The caller's transaction holds the market's lock (page 10), and the order is recorded already
// (OrderRecorder). Values of a market are in its quote currency. Any thread.
class FillBook {
 public:
  struct Parts {
    Outbox& outbox;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Decimal min_total;  // what the exchange sells no less than; a rest below it is dust
  };

  explicit FillBook(Parts parts) : parts_(std::move(parts)) {}

  enum class Booked {
    kNew,
    kKnown,     // seen before: nothing changed
    kConflict,  // seen before with another price or volume: kept as a conflict, nothing changed
    kNoOrder,   // its order is not recorded yet
  };

  Result<Booked> book(store::Transaction& tx, const plugins::Fill& fill, FillSource source);

  enum class Closing {
    kOpen,        // not final, or closed before
    kClosed,      // by this call
    kLacksFills,  // final, but its fills do not sum up to what it executed
  };

  // Closes the order if it is final at the exchange and its fills sum up to what it executed: ends
  // its intent, leaves an unsellable rest as dust, tells OrderDone.
  Result<Closing> close_if_complete(store::Transaction& tx, const std::string& order_uuid);

 private:
  struct OrderRow;

  Result<std::optional<OrderRow>> find_order(store::Transaction& tx, const std::string& uuid) const;
  Result<void> keep_conflict(store::Transaction& tx, const OrderRow& order,
                             const plugins::Fill& fill, FillSource source) const;
  EntryKey entry_of(const OrderRow& order) const;
  Result<void> apply(store::Transaction& tx, const OrderRow& order, const plugins::Fill& fill);
  Result<void> share_out_fees(store::Transaction& tx, const OrderRow& order);
  Result<void> tell(store::Transaction& tx, const OrderRow& order, std::string_view type,
                    std::string payload);

  Parts parts_;
};

}  // namespace everbit::trading

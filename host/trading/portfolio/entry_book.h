#pragma once

#include <string>

#include "base/result.h"
#include "store/transaction.h"
#include "trading/types.h"

namespace everbit::trading {

// The entry whose coins a fill or an adjustment moved.
struct EntryKey {
  OwnerId owner;
  Mode mode = Mode::kReal;
  std::string market;
  IntentId entry;
  std::string strategy_key;
};

// One row of fill or position_adjustment, just inserted.
struct Move {
  Side side = Side::kBuy;
  Decimal volume;
};

struct PositionNumbers {
  Decimal quantity;
  Decimal avg_price;
  Decimal dust;

  bool operator==(const PositionNumbers&) const = default;
};

// What fills and the owner's adjustments make of an entry: the position, the trade, the profit of
// each sale. Computed by PostgreSQL from all rows of the entry, in the transaction that added the
// last of them, so the order in which they became known does not show in any number.
//
// The average is without fees; profit is with them. When a trade ends, its last sale takes what the
// others leave of its profit: they add up to the last digit. A rest too small to be sold becomes
// dust: its cost is part of the trade's profit, and selling it later costs nothing. Coins of an
// entry whose trade has ended, or in whose place another position is open, come and go as dust.
//
// The caller's transaction holds the market's lock. Values are in the market's quote currency.

// The position after a move, and the trade with it.
Result<PositionNumbers> book_move(store::Transaction& tx, const EntryKey& key, const Move& move);

// Trade and profits anew, after fees were settled.
Result<void> book_fees(store::Transaction& tx, const EntryKey& key);

// Ends the position if at `price` what is left of it is worth less than `min_total`: it becomes
// dust, the trade ends. True if it did.
Result<bool> leave_dust(store::Transaction& tx, const EntryKey& key, Decimal price,
                        Decimal min_total, Timestamp at);

}  // namespace everbit::trading

#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "store/trading_transaction.h"
#include "trading/control/trading_switch.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

// What is to be ordered: an amount for an entry, a volume for an exit.
struct NewOrder {
  IntentType type = IntentType::kEntry;
  std::optional<Decimal> krw;
  std::optional<Decimal> volume;
  std::optional<IntentId> entry_intent;
};

// Whose order it is, and the signal it hangs on.
struct OrderOrigin {
  OwnerId owner;
  Mode mode = Mode::kReal;
  std::string market;
  std::string strategy_key;
  std::optional<std::int64_t> generation;  // none for the owner's own
  SignalId signal;
  std::string trace_id;
};

struct PlacedOrder {
  IntentId id;
  Uuid public_id;
};

// The rows of an order that is wanted: intent, attempt no. 1, its command; and the end of one that
// gives way. Whoever decides something writes it through here, in the transaction of the decision,
// which holds the market's lock. The kill switch is asked once more: what it does not let through
// gets its intent, CANCELED, and no attempt.
class OrderWriter {
 public:
  struct Parts {
    Outbox& outbox;
    const Clock& clock;
    std::string installation_tag;
    const TradingSwitch& account_switch;
  };

  explicit OrderWriter(Parts parts) : parts_(std::move(parts)) {}

  // The open intent with its attempt and command; nothing if the switch closed meanwhile.
  Result<std::optional<PlacedOrder>> place(store::TradingTransaction& tx, const OrderOrigin& origin,
                                           const NewOrder& order) const;
  // An intent that was refused: CANCELED with the reason.
  Result<PlacedOrder> refuse(store::TradingTransaction& tx, const OrderOrigin& origin,
                             const NewOrder& order, const std::string& reason_code) const;
  // Ends an open intent whose attempt is still PREPARED: SUSPENDED, SUPERSEDED. The transaction has
  // seen both in that state under the market's lock.
  Result<void> supersede(store::TradingTransaction& tx, IntentId intent, AttemptId attempt) const;

 private:
  Result<PlacedOrder> insert_intent(store::TradingTransaction& tx, const OrderOrigin& origin,
                                    const NewOrder& order,
                                    const std::optional<std::string>& cancelled_by) const;
  Result<void> insert_attempt(store::TradingTransaction& tx, const OrderOrigin& origin,
                              IntentId intent, const NewOrder& order) const;

  const Parts parts_;
};

}  // namespace everbit::trading

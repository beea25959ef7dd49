#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "plugins/exchange/exchange_types.h"
#include "store/trading_transaction.h"
#include "trading/control/trading_switch.h"
#include "trading/types.h"

namespace everbit::trading {

// An attempt with all that its execution depends on, read in one go.
struct Attempt {
  AttemptId id;
  Uuid public_id;
  int number = 1;
  AttemptStatus status = AttemptStatus::kPrepared;
  std::string market;
  std::string identifier;
  std::vector<plugins::Field> request;  // the body, by name
  IntentId intent;
  Uuid intent_public_id;
  IntentType type = IntentType::kEntry;
  std::string strategy_key;
  std::optional<IntentId> entry_intent;  // of an exit
  std::optional<Decimal> requested_volume;
  Timestamp signal_close;
  std::string trace_id;
  Mode mode = Mode::kReal;

  bool is_exit() const { return type != IntentType::kEntry; }
};

// Reads it without a lock. Empty if there is none of that id.
Result<std::optional<Attempt>> find_attempt(store::Transaction& tx, const Uuid& public_id);

// What must hold directly before the order is sent, as the database says under the market's lock.
struct SendFacts {
  AttemptStatus status = AttemptStatus::kPrepared;
  AccountPosition account = AccountPosition::kOff;
  bool strategy_enabled = false;
  bool market_suspended = true;
  bool other_attempt_unsettled = true;  // another attempt of the market is SENT or UNKNOWN
  bool exchange_blocked = true;
  bool key_refused = false;                // by Upbit, and not verified since
  std::optional<IntentId> position_entry;  // of the position that is open now
  Decimal position_quantity;               // dust included
};

// Reads them; the transaction holds the market and shares the kill switch.
Result<SendFacts> load_send_facts(store::TradingTransaction& tx, const Attempt& attempt);

struct SendRules {
  Timestamp now;  // exchange time
  std::chrono::seconds signal_period{900};
  bool key_usable = false;
  bool exchange_blocked = false;  // as the rate limiter knows it, perhaps before the database
  // Of this process. What another mode left PREPARED is not its to send: the exchange behind it is
  // not that order's.
  Mode mode = Mode::kReal;
};

// Pure: why the attempt must not be sent; empty if it may be.
std::optional<std::string> refusal(const Attempt& attempt, const SendFacts& facts,
                                   const SendRules& rules);

// PREPARED -> SENT, by one conditional update. False: somebody else was first. The transaction has
// compared the trader's instance.
Result<bool> mark_sent(store::Transaction& tx, const Attempt& attempt,
                       const std::string& sent_token);

// Ends an attempt without an order of it, its intent with it.
Result<void> end_attempt(store::Transaction& tx, const Attempt& attempt, AttemptStatus status,
                         const std::string& code, const std::string& message);

struct NewAttempt {
  AttemptId id;
  Uuid public_id;
};

// The same, but the intent goes on: SENT -> THROTTLED or REJECTED, and attempt n+1, PREPARED, with
// the same body under a new identifier.
Result<NewAttempt> replace_attempt(store::Transaction& tx, const Attempt& attempt,
                                   AttemptStatus status, const std::string& code,
                                   const std::string& message, Timestamp retry_at,
                                   const std::string& installation_tag, Timestamp now);

// SENT -> THROTTLED with nothing to follow: the intent is cancelled.
Result<void> throttle_without_successor(store::Transaction& tx, const Attempt& attempt,
                                        const std::string& code, const std::string& message,
                                        Timestamp now);

// SENT -> UNKNOWN.
Result<void> mark_unknown(store::Transaction& tx, const Attempt& attempt, const std::string& code,
                          const std::string& message);

// The token that an attempt was sent with, for the owner of an undecided COMMIT.
Result<std::optional<std::string>> read_sent_token(store::Transaction& tx, const Attempt& attempt);

}  // namespace everbit::trading

#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/transaction.h"
#include "trading/execution/attempt.h"
#include "trading/execution/attempt_outcome.h"
#include "trading/execution/order_recorder.h"
#include "trading/market/exchange_clock.h"
#include "trading/outbox.h"

namespace everbit::trading {

// When an intent whose attempt was refused or never left gets another one.
struct RetryRules {
  int max_entry_attempts = 5;  // an exit goes on
  std::chrono::seconds signal_period{900};
};

// Writes what became of an attempt, and what follows from it: the order, the next attempt with its
// command, the end of the intent, the block. Executor and settlement both end attempts here, so
// that page 10's table stands in one place.
//
// The caller's transaction holds the market's lock, and the kill switch FOR UPDATE when the outcome
// is a block. Any thread.
class OutcomeWriter {
 public:
  struct Parts {
    OrderRecorder& recorder;
    Outbox& outbox;
    const ExchangeClock& exchange_clock;
    const Clock& clock;
    OwnerId owner;
    std::string installation_tag;
    RetryRules rules;
  };

  explicit OutcomeWriter(Parts parts) : parts_(std::move(parts)) {}

  // The attempt is SENT.
  Result<void> write(store::Transaction& tx, const Attempt& attempt, const AttemptOutcome& outcome);
  // The attempt was given up as UNKNOWN meanwhile. The answer still counts, but nothing is sent
  // anew.
  Result<void> write_late(store::Transaction& tx, const Attempt& attempt,
                          const AttemptOutcome& outcome);

 private:
  Result<void> acknowledge(store::Transaction& tx, const Attempt& attempt,
                           const AttemptOutcome& outcome);
  Result<void> block(store::Transaction& tx, const Attempt& attempt, const AttemptOutcome& outcome);
  Result<void> store_block(store::Transaction& tx, const Attempt& attempt,
                           const AttemptOutcome& outcome);
  Result<void> keep_refusal(store::Transaction& tx, const Attempt& attempt,
                            const AttemptOutcome& outcome);
  Result<void> follow(store::Transaction& tx, const Attempt& attempt, const AttemptOutcome& outcome,
                      std::chrono::seconds pause);
  Result<void> end(store::Transaction& tx, const Attempt& attempt, const AttemptOutcome& outcome);
  bool goes_on(const Attempt& attempt, const AttemptOutcome& outcome,
               std::chrono::seconds pause) const;

  Parts parts_;
};

}  // namespace everbit::trading

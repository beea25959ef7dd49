#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/send_ledger.h"
#include "store/pool.h"
#include "store/trading_transaction.h"
#include "trading/execution/outcome_writer.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/portfolio/order_sync.h"
#include "trading/settlement/account_proof.h"
#include "trading/settlement/lookup.h"
#include "trading/settlement/lookup_plan.h"
#include "trading/settlement/open_attempt.h"

namespace everbit::trading {

struct SettlementSettings {
  // After this a SENT whose executor said nothing is UNKNOWN.
  std::chrono::seconds unknown_after{15};
  // An UNKNOWN that lasts longer suspends its market.
  std::chrono::minutes suspend_after{2};
  // execution.autoResolveAbsent
  bool resolve_absent = false;
};

// Ends what an executor left open. SENT becomes UNKNOWN by age or when its process is dead, or
// REJECTED, NOT_SENT when send.ledger proves that no byte left; UNKNOWN is looked up by its
// identifier, then in the lists, until its order is found or its absence is settled. Nothing is
// ever sent again here but under a new attempt, and only where the old one provably never left.
//
// turn() does what is due and returns; it blocks on database and exchange. One thread at a time.
class AttemptSettlement {
 public:
  struct Parts {
    store::Pool& pool;
    ExchangeGateway& gateway;
    const net::SendLedger& ledger;
    OutcomeWriter& outcomes;
    OrderSync& orders;
    Outbox& outbox;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Uuid instance;
    SettlementSettings settings;
  };

  explicit AttemptSettlement(Parts parts);

  void turn();
  // Every UNKNOWN attempt is looked up at the next turn, whatever its pause. Any thread.
  void look_up_now() { hurry_.store(true); }

 private:
  void settle_sent(const OpenAttempt& attempt);
  AttemptOutcome end_of_sent(const OpenAttempt& attempt, bool sender_is_dead) const;
  bool is_dead(const std::optional<Uuid>& sender) const;
  void suspend(const OpenAttempt& attempt);
  void look_up_due(const std::vector<OpenAttempt>& attempts);
  void look_up_absent();
  void apply(const OpenAttempt& attempt, const Lookup& lookup);
  void missed(const OpenAttempt& attempt);
  void count_missed(const OpenAttempt& attempt, bool counts);
  void resolve_by_itself(const OpenAttempt& attempt);

  // Writes the end of an attempt that still is as it was read.
  bool end(const OpenAttempt& attempt, const AttemptOutcome& outcome);
  Result<store::TradingTransaction> begin(const OpenAttempt& attempt) const;
  bool commit(store::TradingTransaction& tx);

  Parts parts_;
  LookupPlan plan_;
  AccountProof account_;
  std::atomic<bool> hurry_{false};
};

}  // namespace everbit::trading

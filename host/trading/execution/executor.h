#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/deadline.h"
#include "net/send_once.h"
#include "store/pool.h"
#include "trading/control/trading_switch.h"
#include "trading/execution/attempt.h"
#include "trading/execution/attempt_outcome.h"
#include "trading/execution/outcome_writer.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/market/exchange_clock.h"
#include "trading/outbox.h"

namespace everbit::trading {

struct ExecutionSettings {
  std::chrono::milliseconds send_by{2000};
  std::chrono::seconds signal_period{900};
};

// Makes an order of an attempt: at most once, whatever happens. In this order: rate-limit token;
// PREPARED -> SENT by one conditional update, under the market's lock, with every gate asked again;
// send-by time, flag in memory, mark in send.ledger, first byte (net::SendOnce); the answer and
// what follows from it in a second transaction, which is repeated until the database has it.
//
// Called by the dispatcher's workers, one attempt a market at a time; several threads. Blocks.
class Executor {
 public:
  struct Parts {
    store::Pool& pool;
    ExchangeGateway& gateway;
    net::OrderSender& send_once;
    OutcomeWriter& outcomes;
    Outbox& outbox;
    const TradingSwitch& account_switch;
    const ExchangeClock& exchange_clock;
    const Clock& clock;
    OwnerId owner;
    Uuid instance;
    // Upbit refused the key: the gate refuses orders until a verification succeeds.
    std::atomic<bool>& key_usable;
    // Ends the wait for a database that does not come back, at shutdown.
    const std::atomic<bool>& stopping;
    ExecutionSettings settings;
    // Upbit holds less of the coin than we believe: what is recorded of that market must be read
    // anew. Must not block; empty: nobody reconciles.
    std::function<void(const std::string& market)> request_reconcile{};
    Mode mode = Mode::kReal;
  };

  explicit Executor(Parts parts) : parts_(std::move(parts)) {}

  enum class Result {
    kDone,   // settled, or not ours to do: the command is finished
    kLater,  // nothing was done; the command may be tried again
  };

  Result execute(const Uuid& attempt_public_id);

  // The command died: PREPARED becomes SUSPENDED, SENT becomes UNKNOWN. False: the database did not
  // take it, ask again.
  bool settle_dead(const Uuid& attempt_public_id);

 private:
  struct Sent;

  std::optional<Attempt> load(const Uuid& public_id, Result& result);
  std::optional<net::RatePermit> take_token(const Attempt& attempt);
  bool is_blocked() const;
  std::optional<Sent> claim(const Attempt& attempt, bool has_token, Result& result);
  enum class SentFate { kOursInTime, kOursTooLate, kNotOurs };
  SentFate decide_commit(const Attempt& attempt, const Sent& sent);
  void record_not_sent(const Attempt& attempt);
  GatewayAnswer send(const Attempt& attempt, const Sent& sent, net::RatePermit permit);

  void record(const Attempt& attempt, const AttemptOutcome& outcome);
  everbit::Result<void> write_outcome(const Attempt& attempt, const AttemptOutcome& outcome);

  Parts parts_;
};

}  // namespace everbit::trading

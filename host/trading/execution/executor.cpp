#include "trading/execution/executor.h"

#include <algorithm>
#include <thread>

#include "base/crash_point.h"
#include "base/log.h"
#include "store/trading_transaction.h"
#include "trading/transient.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTransactionBudget{5000};
constexpr milliseconds kRepeatAfter{200};
constexpr seconds kEntryTokenWait{5};
constexpr seconds kExitTokenWait{15};

std::string make_sent_token(const Uuid& instance) {
  return instance.to_string() + ":" + Uuid::make_v4().to_string();
}

}  // namespace

// What the executor holds once its conditional update has been committed.
struct Executor::Sent {
  std::string token;
  Deadline send_by;
};

Executor::Result Executor::execute(const Uuid& attempt_public_id) {
  Result result = Result::kDone;
  const auto attempt = load(attempt_public_id, result);
  if (!attempt || attempt->status != AttemptStatus::kPrepared) return result;
  crash_point(CrashPoint::kAttemptLoaded);
  // A closed gate is not waited for: without a token the claim can only suspend the attempt.
  auto permit = take_token(*attempt);
  crash_point(CrashPoint::kTokenTaken);
  const auto sent = claim(*attempt, permit.has_value(), result);
  if (!sent) return result;
  const GatewayAnswer answer = send(*attempt, *sent, std::move(*permit));
  record(*attempt, judge(answer, *attempt));
  return Result::kDone;
}

bool Executor::settle_dead(const Uuid& attempt_public_id) {
  Result result = Result::kDone;
  const auto attempt = load(attempt_public_id, result);
  if (!attempt) return result == Result::kDone;
  store::Locks locks;
  locks.markets = {attempt->market};
  auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks,
                                             Deadline::after(kTransactionBudget));
  if (!tx) return false;
  auto facts = load_send_facts(*tx, *attempt);
  if (!facts) return false;
  everbit::Result<void> settled{};
  if (facts->status == AttemptStatus::kPrepared) {
    settled =
        end_attempt(tx->transaction(), *attempt, AttemptStatus::kSuspended, "COMMAND_DEAD", "");
  } else if (facts->status == AttemptStatus::kSent) {
    settled = mark_unknown(tx->transaction(), *attempt, "COMMAND_DEAD", "");
  }
  log_critical("command_dead", {{"market", attempt->market}, {"trace_id", attempt->trace_id}});
  return settled && tx->commit().committed();
}

std::optional<Attempt> Executor::load(const Uuid& public_id, Result& result) {
  result = Result::kLater;
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kTransactionBudget));
  if (!tx) return std::nullopt;
  auto attempt = find_attempt(*tx, public_id);
  if (!attempt) return std::nullopt;
  result = Result::kDone;
  if (!*attempt) log_critical("command_without_attempt", {{"attempt", public_id.to_string()}});
  return *attempt;
}

std::optional<net::RatePermit> Executor::take_token(const Attempt& attempt) {
  const bool exit = attempt.is_exit();
  // What a gate refuses needs no token: a long queue of it must not take those of the exits.
  if (!parts_.account_switch.permits(attempt.type, attempt.strategy_key)) return std::nullopt;
  auto permit = parts_.gateway.limiter().acquire_blocking(
      parts_.gateway.create_group(), exit ? net::RatePriority::kExit : net::RatePriority::kEntry,
      Deadline::after(exit ? kExitTokenWait : kEntryTokenWait));
  if (permit) return std::move(*permit);
  log_warn("no_rate_token", {{"market", attempt.market},
                             {"reason", permit.error().code},
                             {"trace_id", attempt.trace_id}});
  return std::nullopt;
}

bool Executor::is_blocked() const {
  return parts_.gateway.limiter().blocked_until(net::RateSide::kExchange) >
         parts_.clock.steady_now();
}

// Without a token it only suspends what a gate refuses; the rest waits for the next try.
std::optional<Executor::Sent> Executor::claim(const Attempt& attempt, bool has_token,
                                              Result& result) {
  result = Result::kLater;
  store::Locks locks;
  locks.markets = {attempt.market};
  locks.kill_switch = store::RowLock::kShare;
  locks.trader = parts_.instance;
  auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks,
                                             Deadline::after(kTransactionBudget));
  if (!tx) {
    log_error("claim_failed", {{"market", attempt.market}, {"error", to_string(tx.error())}});
    return std::nullopt;
  }
  auto facts = load_send_facts(*tx, attempt);
  if (!facts) return std::nullopt;
  if (facts->status != AttemptStatus::kPrepared) {
    result = Result::kDone;
    return std::nullopt;
  }
  // The strictest of the row and of what this process was told. That nobody has read the row for
  // too long ends no attempt: it was read just now, and the next try will see the flag again.
  const Restriction told = parts_.account_switch.restriction();
  facts->account = std::max(facts->account, told.position);
  facts->strategy_enabled = facts->strategy_enabled && !told.stops(attempt.strategy_key);
  const SendRules rules{parts_.exchange_clock.now_or_local(), parts_.settings.signal_period,
                        parts_.key_usable.load(), is_blocked(), parts_.mode};
  if (const auto code = refusal(attempt, *facts, rules)) {
    auto ended = end_attempt(tx->transaction(), attempt, AttemptStatus::kSuspended, *code, "");
    if (ended && tx->commit().committed()) {
      log_warn("attempt_suspended",
               {{"market", attempt.market}, {"reason", *code}, {"trace_id", attempt.trace_id}});
      result = Result::kDone;
    }
    return std::nullopt;
  }
  if (!has_token) return std::nullopt;
  // The send-by time counts from here, not from the COMMIT's answer: a process that stands still
  // before it reads that answer must find its time gone, or its order could leave after a
  // quarantine.
  Sent sent{make_sent_token(parts_.instance),
            Deadline::after(parts_.settings.send_by, parts_.clock)};
  auto marked = mark_sent(tx->transaction(), attempt, sent.token);
  if (!marked) return std::nullopt;
  if (!*marked) {
    log_warn("attempt_not_ours_to_send", {{"market", attempt.market}});
    result = Result::kDone;
    return std::nullopt;
  }
  crash_point(CrashPoint::kSentMarked);
  const auto commit = tx->commit();
  if (!commit.committed() && !commit.undecided()) return std::nullopt;
  const SentFate fate = commit.committed() ? SentFate::kOursInTime : decide_commit(attempt, sent);
  if (fate == SentFate::kNotOurs) return std::nullopt;
  result = Result::kDone;
  if (fate == SentFate::kOursInTime) return sent;
  record_not_sent(attempt);
  return std::nullopt;
}

// After a COMMIT without an answer nothing is sent unless the row carries our own token and there
// is still time. What became of it is asked until the database answers: a SENT of ours that is not
// sent must not be left to be taken for a lost one. Asked under the market's lock, for which the
// COMMIT may still be on its way.
Executor::SentFate Executor::decide_commit(const Attempt& attempt, const Sent& sent) {
  store::Locks locks;
  locks.markets = {attempt.market};
  while (!parts_.stopping.load()) {
    auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks,
                                               Deadline::after(kTransactionBudget));
    if (tx) {
      auto token = read_sent_token(tx->transaction(), attempt);
      if (token && *token != sent.token) return SentFate::kNotOurs;
      if (token) {
        return sent.send_by.expired(parts_.clock) ? SentFate::kOursTooLate : SentFate::kOursInTime;
      }
    }
    std::this_thread::sleep_for(kRepeatAfter);
  }
  return SentFate::kNotOurs;
}

void Executor::record_not_sent(const Attempt& attempt) {
  GatewayAnswer answer;
  answer.wire.failure = net::CallFailure::kSendByPassed;
  answer.wire.detail = "the COMMIT of SENT was undecided until the send-by time had passed";
  record(attempt, judge(answer, attempt));
}

GatewayAnswer Executor::send(const Attempt& attempt, const Sent& sent, net::RatePermit permit) {
  crash_point(CrashPoint::kSentCommitted);
  log_info("attempt_sent", {{"market", attempt.market},
                            {"intent", to_string(attempt.type)},
                            {"attempt", attempt.number},
                            {"identifier", attempt.identifier},
                            {"trace_id", attempt.trace_id}});
  const IntentType type = attempt.type;
  net::CreateOrderCall call{
      attempt.public_id,
      sent.token,
      sent.send_by,
      std::move(permit),
      parts_.gateway.account_origin(),
      [this, type, key = attempt.strategy_key] { return parts_.account_switch.permits(type, key); },
      [this, body = attempt.request] { return parts_.gateway.sign_create(body); },
      parts_.gateway.io()};
  return parts_.gateway.decode_create(parts_.send_once.send_blocking(std::move(call)));
}

// Upbit's answer is kept in memory and its transaction repeated until the database has it.
// Repeating is safe: a step that was already taken is refused by the transition trigger, and then
// it is there.
void Executor::record(const Attempt& attempt, const AttemptOutcome& outcome) {
  crash_point(CrashPoint::kOutcomeKnown);
  const LogLevel level =
      outcome.status == AttemptStatus::kAcked ? LogLevel::kInfo : LogLevel::kError;
  log_at(level, "attempt_ended",
         {{"market", attempt.market},
          {"status", to_string(outcome.status)},
          {"code", outcome.error_code},
          {"message", outcome.error_message},
          {"trace_id", attempt.trace_id}});
  if (outcome.key_refused) parts_.key_usable.store(false);
  while (!parts_.stopping.load()) {
    auto written = write_outcome(attempt, outcome);
    if (written) {
      crash_point(CrashPoint::kOutcomeCommitted);
      parts_.outbox.committed();
      if (outcome.error_code == "insufficient_funds_ask" && parts_.request_reconcile) {
        parts_.request_reconcile(attempt.market);
      }
      return;
    }
    if (!is_transient(written.error())) {
      log_critical("outcome_not_stored",
                   {{"market", attempt.market}, {"error", to_string(written.error())}});
      return;
    }
    log_error("outcome_not_stored_yet",
              {{"market", attempt.market}, {"error", to_string(written.error())}});
    std::this_thread::sleep_for(kRepeatAfter);
  }
}

everbit::Result<void> Executor::write_outcome(const Attempt& attempt,
                                              const AttemptOutcome& outcome) {
  store::Locks locks;
  locks.markets = {attempt.market};
  if (outcome.blocked) locks.kill_switch = store::RowLock::kUpdate;
  auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks,
                                             Deadline::after(kTransactionBudget));
  if (!tx) return tx.error();
  auto facts = load_send_facts(*tx, attempt);
  if (!facts) return facts.error();
  // Already settled: by an earlier try of ours whose COMMIT was undecided, or by the private feed.
  const bool waiting =
      facts->status == AttemptStatus::kSent || facts->status == AttemptStatus::kUnknown;
  if (!waiting && outcome.status != AttemptStatus::kAcked) return {};
  auto& inside = tx->transaction();
  auto written = facts->status == AttemptStatus::kUnknown
                     ? parts_.outcomes.write_late(inside, attempt, outcome)
                     : parts_.outcomes.write(inside, attempt, outcome);
  if (!written) return written.error();
  crash_point(CrashPoint::kOutcomeCommit);
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  return {};
}

}  // namespace everbit::trading

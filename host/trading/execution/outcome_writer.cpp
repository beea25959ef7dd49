#include "trading/execution/outcome_writer.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "trading/execution/block.h"
#include "trading/execution/key_refusal.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

constexpr seconds kFirstRetry{1};
constexpr seconds kLongestRetry{30};
constexpr int kAlertAfter = 5;

// 1 s, doubling to 30 s.
seconds backoff(int attempt_number) {
  const int doublings = std::min(attempt_number - 1, 5);
  return std::min(kFirstRetry * (1 << doublings), kLongestRetry);
}

std::string command_payload(const Uuid& attempt) {
  JsonWriter json;
  json.begin_object().field("attemptPublicId", attempt).end_object();
  return json.take();
}

}  // namespace

Result<void> OutcomeWriter::write(store::Transaction& tx, const Attempt& attempt,
                                  const AttemptOutcome& outcome) {
  if (outcome.status == AttemptStatus::kAcked) return acknowledge(tx, attempt, outcome);
  if (outcome.status == AttemptStatus::kUnknown) {
    return mark_unknown(tx, attempt, outcome.error_code, outcome.error_message);
  }
  if (outcome.blocked) return block(tx, attempt, outcome);
  if (auto kept = keep_refusal(tx, attempt, outcome); !kept) return kept.error();
  const seconds pause = backoff(attempt.number);
  if (goes_on(attempt, outcome, pause)) return follow(tx, attempt, outcome, pause);
  return end(tx, attempt, outcome);
}

Result<void> OutcomeWriter::write_late(store::Transaction& tx, const Attempt& attempt,
                                       const AttemptOutcome& outcome) {
  if (outcome.status == AttemptStatus::kUnknown) return {};
  if (outcome.status == AttemptStatus::kAcked) return acknowledge(tx, attempt, outcome);
  if (auto kept = keep_refusal(tx, attempt, outcome); !kept) return kept.error();
  AttemptOutcome late = outcome;
  late.status = AttemptStatus::kRejected;
  if (auto ended = end(tx, attempt, late); !ended) return ended.error();
  if (!outcome.blocked) return {};
  return store_block(tx, attempt, outcome);
}

Result<void> OutcomeWriter::acknowledge(store::Transaction& tx, const Attempt& attempt,
                                        const AttemptOutcome& outcome) {
  plugins::Order order = *outcome.order;
  if (order.identifier.empty()) order.identifier = attempt.identifier;
  auto recorded = parts_.recorder.record(tx, order);
  if (!recorded) return recorded.error();
  return {};
}

bool OutcomeWriter::goes_on(const Attempt& attempt, const AttemptOutcome& outcome,
                            seconds pause) const {
  if (!outcome.may_try_again) return false;
  if (attempt.is_exit()) return true;
  const Timestamp next_at = parts_.exchange_clock.now_or_local() + pause;
  return attempt.number < parts_.rules.max_entry_attempts &&
         next_at - attempt.signal_close <= parts_.rules.signal_period;
}

Result<void> OutcomeWriter::follow(store::Transaction& tx, const Attempt& attempt,
                                   const AttemptOutcome& outcome, seconds pause) {
  const Timestamp now = parts_.clock.now();
  const Timestamp retry_at = now + pause;
  auto next = replace_attempt(tx, attempt, outcome.status, outcome.error_code,
                              outcome.error_message, retry_at, parts_.installation_tag, now);
  if (!next) return next.error();
  crash_point(CrashPoint::kRetryPrepared);
  if (attempt.is_exit() && attempt.number == kAlertAfter) {
    log_critical(
        "exit_after_five_attempts",
        {{"market", attempt.market}, {"code", outcome.error_code}, {"trace_id", attempt.trace_id}});
  }
  return parts_.outbox.add(
      tx, {kTradeCommands, "CreateOrderAttempt", "order_attempt", next->id.value(), attempt.market,
           attempt.strategy_key, attempt.trace_id, command_payload(next->public_id), retry_at});
}

Result<void> OutcomeWriter::end(store::Transaction& tx, const Attempt& attempt,
                                const AttemptOutcome& outcome) {
  // A 429 that nothing follows keeps its state, which wants a time; there is no later try.
  if (outcome.status == AttemptStatus::kThrottled) {
    auto throttled = throttle_without_successor(tx, attempt, outcome.error_code,
                                                outcome.error_message, parts_.clock.now());
    if (!throttled) return throttled.error();
  } else {
    auto ended =
        end_attempt(tx, attempt, outcome.status, outcome.error_code, outcome.error_message);
    if (!ended) return ended.error();
  }
  if (outcome.status == AttemptStatus::kSuspended) return {};
  JsonWriter payload;
  payload.begin_object()
      .field("intentPublicId", attempt.intent_public_id)
      .field("attemptPublicId", attempt.public_id)
      .field("intentType", to_string(attempt.type))
      .field("errorCode", outcome.error_code)
      .field("errorMessage", outcome.error_message)
      .end_object();
  return parts_.outbox.add(
      tx, {kTradeEvents, "OrderRejected", "order_attempt", attempt.id.value(), attempt.market,
           attempt.strategy_key, attempt.trace_id, payload.take(), std::nullopt});
}

Result<void> OutcomeWriter::block(store::Transaction& tx, const Attempt& attempt,
                                  const AttemptOutcome& outcome) {
  auto ended = end_attempt(tx, attempt, AttemptStatus::kSuspended, outcome.error_code,
                           outcome.error_message);
  if (!ended) return ended.error();
  return store_block(tx, attempt, outcome);
}

Result<void> OutcomeWriter::keep_refusal(store::Transaction& tx, const Attempt& attempt,
                                         const AttemptOutcome& outcome) {
  if (!outcome.key_refused) return {};
  return store_key_refusal(tx, parts_.outbox, {parts_.owner, outcome.error_code, attempt.trace_id});
}

Result<void> OutcomeWriter::store_block(store::Transaction& tx, const Attempt& attempt,
                                        const AttemptOutcome& outcome) {
  return store_exchange_block(tx, parts_.outbox,
                              {parts_.owner, net::RateSide::kExchange, seconds(outcome.blocked_s),
                               outcome.block_body, attempt.trace_id});
}

}  // namespace everbit::trading

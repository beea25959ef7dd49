#include "trading/settlement/attempt_settlement.h"

#include "base/crash_point.h"
#include "base/log.h"
#include "store/instance_lock.h"
#include "trading/execution/suspension.h"
#include "trading/settlement/coin_check.h"
#include "trading/settlement/quarantine.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr std::chrono::seconds kBudget{5};
// The lists are read beside the identifier from this look-up on: before, an order may not be listed
// yet, and each look costs two calls more.
constexpr int kListsFrom = 3;
constexpr std::size_t kMostAtOnce = 16;

constexpr Sql kNotFound{R"sql(
  UPDATE order_attempt
  SET last_lookup_at = now(), lookups_not_found = lookups_not_found + CASE WHEN $2 THEN 1 ELSE 0 END
  WHERE public_id = $1)sql"};

constexpr Sql kState{R"sql(SELECT status FROM order_attempt WHERE public_id = $1)sql"};

AttemptOutcome outcome_of(AttemptStatus status, std::string code, std::string message) {
  AttemptOutcome outcome;
  outcome.status = status;
  outcome.error_code = std::move(code);
  outcome.error_message = std::move(message);
  return outcome;
}

}  // namespace

AttemptSettlement::AttemptSettlement(Parts parts)
    : parts_(std::move(parts)),
      account_({parts_.pool, parts_.gateway, parts_.clock, parts_.owner, parts_.mode}) {}

void AttemptSettlement::turn() {
  auto open = find_open_attempts(parts_.pool, parts_.owner, parts_.mode, Deadline::after(kBudget));
  if (!open) return;
  std::vector<OpenAttempt> unknown;
  for (const OpenAttempt& attempt : *open) {
    if (attempt.status == AttemptStatus::kSent) {
      settle_sent(attempt);
    } else {
      unknown.push_back(attempt);
    }
  }
  for (const OpenAttempt& attempt : unknown) {
    if (attempt.since_sent >= parts_.settings.suspend_after && !attempt.market_suspended) {
      suspend(attempt);
    }
  }
  if (!parts_.gateway.has_key()) return;
  look_up_due(unknown);
  look_up_absent();
}

bool AttemptSettlement::is_dead(const std::optional<Uuid>& sender) const {
  if (!sender || *sender == parts_.instance) return false;
  auto alive = store::is_instance_alive(parts_.pool, *sender, Deadline::after(kBudget));
  return alive && !*alive;
}

void AttemptSettlement::settle_sent(const OpenAttempt& attempt) {
  const bool dead = is_dead(attempt.sender());
  if (!dead && attempt.since_sent < parts_.settings.unknown_after) return;
  if (!end(attempt, end_of_sent(attempt, dead))) return;
  log_error("sent_without_result", {{"market", attempt.market},
                                    {"identifier", attempt.identifier},
                                    {"sender_dead", dead},
                                    {"trace_id", attempt.trace_id}});
}

// Of a process that lives, only the process itself may say that it sent nothing.
AttemptOutcome AttemptSettlement::end_of_sent(const OpenAttempt& attempt, bool dead) const {
  if (!dead) return outcome_of(AttemptStatus::kUnknown, "NO_RESULT", "no result in time");
  const auto evidence =
      parts_.ledger.evidence(attempt.public_id, *attempt.sender(), attempt.sent_at);
  if (evidence != net::SendEvidence::kNotSent) {
    return outcome_of(AttemptStatus::kUnknown, "EXECUTOR_DIED", "its process ended");
  }
  AttemptOutcome outcome =
      outcome_of(AttemptStatus::kRejected, "NOT_SENT", "its process ended before the first byte");
  outcome.may_try_again = true;
  return outcome;
}

Result<store::TradingTransaction> AttemptSettlement::begin(const OpenAttempt& attempt) const {
  store::Locks locks;
  locks.markets = {attempt.market};
  locks.trader = parts_.instance;
  return store::TradingTransaction::begin(parts_.pool, parts_.owner, locks,
                                          Deadline::after(kBudget));
}

bool AttemptSettlement::commit(store::TradingTransaction& tx) {
  crash_point(CrashPoint::kSettlementCommit);
  // Undecided is as good as failed: the next turn reads what is there.
  if (!tx.commit().committed()) return false;
  crash_point(CrashPoint::kSettlementCommitted);
  parts_.outbox.committed();
  return true;
}

bool AttemptSettlement::end(const OpenAttempt& attempt, const AttemptOutcome& outcome) {
  auto tx = begin(attempt);
  if (!tx) return false;
  auto now = find_attempt(tx->transaction(), attempt.public_id);
  if (!now || !*now || (*now)->status != attempt.status) return false;
  auto& inside = tx->transaction();
  auto written = attempt.status == AttemptStatus::kSent
                     ? parts_.outcomes.write(inside, **now, outcome)
                     : parts_.outcomes.write_late(inside, **now, outcome);
  return written && commit(*tx);
}

void AttemptSettlement::suspend(const OpenAttempt& attempt) {
  auto tx = begin(attempt);
  if (!tx) return;
  auto state = tx->exec(kState, attempt.public_id);
  if (!state || state->empty() || state->front().text(0) != "UNKNOWN") return;
  auto done = suspend_market(tx->transaction(), parts_.outbox,
                             {parts_.owner, attempt.market, "UNKNOWN_ORDER", attempt.trace_id});
  if (done) (void)commit(*tx);
}

void AttemptSettlement::look_up_due(const std::vector<OpenAttempt>& attempts) {
  const SteadyTime now = parts_.clock.steady_now();
  const bool hurry = hurry_.exchange(false);
  std::vector<OpenAttempt> due;
  for (const OpenAttempt& attempt : attempts) {
    const bool is_due = plan_.is_due(attempt.public_id, attempt.since_unknown, now) || hurry;
    if (is_due && due.size() < kMostAtOnce) due.push_back(attempt);
  }
  plan_.forget_unseen();
  if (due.empty()) return;
  const std::vector<Lookup> lookups = look_up(parts_.gateway, due);
  crash_point(CrashPoint::kLookupAnswered);
  for (std::size_t i = 0; i < due.size(); ++i) {
    plan_.looked_up(due[i].public_id, parts_.clock.steady_now());
    if (lookups[i].verdict == Lookup::Verdict::kNotFound) {
      missed(due[i]);
    } else {
      apply(due[i], lookups[i]);
    }
  }
}

void AttemptSettlement::apply(const OpenAttempt& attempt, const Lookup& lookup) {
  if (lookup.verdict == Lookup::Verdict::kNothing) {
    log_warn("lookup_proves_nothing", {{"market", attempt.market},
                                       {"identifier", attempt.identifier},
                                       {"detail", lookup.detail}});
    return;
  }
  // What is not stored now is found again.
  auto applied = parts_.orders.apply(lookup.order, lookup.fills, FillSource::kRest);
  if (!applied) {
    log_error("found_order_not_stored", {{"market", attempt.market},
                                         {"upbit_uuid", lookup.order.uuid},
                                         {"error", to_string(applied.error())}});
    return;
  }
  log_info("order_found", {{"market", attempt.market},
                           {"identifier", attempt.identifier},
                           {"upbit_uuid", lookup.order.uuid}});
}

void AttemptSettlement::missed(const OpenAttempt& attempt) {
  count_missed(attempt, account_.is_same_account());
  if (plan_.made(attempt.public_id) < kListsFrom) return;
  const Lookup listed = look_in_lists(parts_.gateway, attempt);
  if (listed.verdict == Lookup::Verdict::kFound) {
    apply(attempt, listed);
  } else if (listed.verdict == Lookup::Verdict::kNotFound && parts_.settings.resolve_absent) {
    resolve_by_itself(attempt);
  }
}

void AttemptSettlement::count_missed(const OpenAttempt& attempt, bool counts) {
  auto tx = begin(attempt);
  if (!tx) return;
  auto counted = tx->exec(kNotFound, attempt.public_id, counts);
  if (counted) (void)commit(*tx);
}

// The caller has just been told 404, and neither list has it.
void AttemptSettlement::resolve_by_itself(const OpenAttempt& attempt) {
  const Timestamp now = attempt.sent_at + attempt.since_sent;
  // The count as it was read: the look-up of just now does not complete it by itself.
  if (!quarantine_of(attempt.sent_at, attempt.lookups_not_found, now).over) return;
  if (!account_.is_same_account()) return;
  if (!is_coin_untouched(parts_.pool, parts_.gateway, parts_.owner, parts_.mode, attempt)) return;
  if (!end(attempt, outcome_of(AttemptStatus::kRejected, "NOT_FOUND_CONFIRMED",
                               "neither order nor trace, and the coin is untouched"))) {
    return;
  }
  log_critical("unknown_resolved_as_absent", {{"market", attempt.market},
                                              {"identifier", attempt.identifier},
                                              {"trace_id", attempt.trace_id}});
}

// Evidence beats absence: the recorder acknowledges what shows up and suspends the market.
void AttemptSettlement::look_up_absent() {
  auto absent =
      find_absent_attempts(parts_.pool, parts_.owner, parts_.mode, Deadline::after(kBudget));
  if (!absent || absent->empty()) return;
  if (absent->size() > kMostAtOnce) absent->resize(kMostAtOnce);
  const std::vector<Lookup> lookups = look_up(parts_.gateway, *absent);
  for (std::size_t i = 0; i < absent->size(); ++i) {
    if (lookups[i].verdict == Lookup::Verdict::kFound) {
      apply((*absent)[i], lookups[i]);
    } else {
      count_missed((*absent)[i], false);
    }
  }
}

}  // namespace everbit::trading

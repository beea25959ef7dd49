#include <algorithm>
#include <array>

#include "bus-postgres/ordered.h"
#include "bus-postgres/verdict.h"

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

// The fence of every verdict here: the lane's row is locked FOR KEY SHARE while its epoch is
// compared. A new owner takes the lane FOR UPDATE, which waits for this lock (and this lock for
// it), so a verdict cannot slip past a change of owner. Renewals do not touch the key and do not
// wait, which FOR SHARE would make them do.
#define EB_FENCE                                                                                   \
  "WITH f AS MATERIALIZED (SELECT 1 FROM outbox_lane WHERE lane = $1::int AND epoch = $3::bigint " \
  "FOR KEY SHARE)"

constexpr Statement kDone{60, EB_FENCE
                          " DELETE FROM outbox_queue q USING f"
                          " WHERE q.lane = $1::int AND q.id = $2::bigint"};

constexpr Statement kDoneMany{61, R"(
WITH x AS MATERIALIZED (SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[])
                        AS x(lane, id, epoch)),
f AS MATERIALIZED (SELECT l.lane, l.epoch FROM outbox_lane l WHERE l.lane IN (SELECT lane FROM x)
                   FOR KEY SHARE)
DELETE FROM outbox_queue q USING x, f
WHERE f.lane = x.lane AND f.epoch = x.epoch AND q.lane = x.lane AND q.id = x.id
RETURNING q.lane, q.id)"};

constexpr Statement kRetry{62, EB_FENCE
                           " UPDATE outbox_queue q SET attempt_count = q.attempt_count + 1,"
                           "  last_error_code = $5::varchar,"
                           "  ready_at = clock_timestamp() + $4::bigint * interval '1 microsecond'"
                           " FROM f WHERE q.lane = $1::int AND q.id = $2::bigint"};

constexpr Statement kDead{63, EB_FENCE
                          ", d AS (DELETE FROM outbox_queue q USING f"
                          " WHERE q.lane = $1::int AND q.id = $2::bigint RETURNING q.*)"
                          " INSERT INTO outbox_dead (event_id, grp, \"row\", attempt_count,"
                          "  last_error_code, last_error_message, died_at)"
                          " SELECT d.event_id, $4::varchar, row_to_json(e), d.attempt_count + 1,"
                          "  $5::varchar, $6::text, clock_timestamp()"
                          " FROM d JOIN outbox_event e ON e.event_id = d.event_id"
                          " ON CONFLICT (event_id, grp) DO UPDATE SET"
                          "  attempt_count = excluded.attempt_count,"
                          "  last_error_code = excluded.last_error_code,"
                          "  last_error_message = excluded.last_error_message,"
                          "  died_at = excluded.died_at"};

#undef EB_FENCE

eb_value signed_value(std::uint64_t number) { return int_value(static_cast<std::int64_t>(number)); }

// How long a key rests before its verdict is known to be stored.
constexpr auto kUntilKnown = 5s;

}  // namespace

Held* OrderedSubscription::find(const eb_settle& settle) {
  const auto lane = lanes_.find(settle.lane);
  if (lane == lanes_.end() || lane->second.epoch != settle.epoch) return nullptr;
  const auto entry = lane->second.held.find(static_cast<std::int64_t>(settle.seq));
  if (entry == lane->second.held.end() || entry->second.token != settle.token) return nullptr;
  return entry->second.state == HeldState::kGone ? nullptr : &entry->second;
}

void OrderedSubscription::leave_flight(Held& entry, HeldState state) {
  if (entry.state == HeldState::kInFlight) --in_flight_;
  entry.state = state;
  entry.unsure_since = scan_;
}

eb_status OrderedSubscription::settle(const eb_tx* tx, const Strided<eb_settle>& settles) {
  if (closed()) return EB_ERR_CLOSED;
  std::vector<eb_settle*> done;
  std::vector<eb_settle*> failed;
  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    eb_settle& settle = settles[i];
    if (!is_verdict(settle)) return EB_ERR_ARGUMENT;
    settle.result = EB_OK;
    if (settle.outcome == EB_SETTLE_RELEASE) continue;
    const std::lock_guard lock(mutex_);
    if (find(settle) == nullptr) {
      shared_.lost_leases += 1;
      settle.result = EB_ERR_LOST_LEASE;
      if (tx != nullptr) return EB_ERR_LOST_LEASE;
    } else {
      (settle.outcome == EB_SETTLE_DONE ? done : failed).push_back(&settle);
    }
  }
  if (tx != nullptr) return settle_in(*tx, settles);

  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    if (settles[i].outcome == EB_SETTLE_RELEASE) release(settles[i]);
  }
  eb_status status = EB_OK;
  if (!done.empty() || !failed.empty()) {
    const Pool::Lease connection = settle_pool().take(&status);
    if (connection) {
      if (!done.empty()) status = settle_done(*connection, done);
      for (eb_settle* settle : failed) settle_failed(*connection, *settle, HeldState::kGone);
    } else {
      // Nothing was written: they stay in flight.
      for (eb_settle* settle : done) settle->result = status;
      for (eb_settle* settle : failed) settle->result = status;
    }
  }
  waiter_.wake();
  for (std::uint32_t i = 0; i < settles.size() && status == EB_OK; ++i) {
    if (settles[i].result != EB_ERR_LOST_LEASE) status = settles[i].result;
  }
  return status;
}

eb_status OrderedSubscription::settle_in(const eb_tx& tx, const Strided<eb_settle>& settles) {
  TxExecutor executor(tx);
  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    eb_settle& settle = settles[i];
    if (settle.outcome == EB_SETTLE_RELEASE) {
      release(settle);
      continue;
    }
    if (settle.outcome != EB_SETTLE_DONE) {
      settle_failed(executor, settle, HeldState::kUnsure);
    } else {
      const std::array values{int_value(settle.lane), signed_value(settle.seq),
                              signed_value(settle.epoch)};
      std::uint64_t rows = 0;
      const eb_status status = executor.run(kDone, values, &rows);
      after_verdict(settle, status, rows == 1);
      // Whether the transaction commits, only the table can tell. A lost one has settled nothing.
      if (status == EB_OK) store(settle, HeldState::kUnsure);
    }
    if (settle.result != EB_OK) return settle.result;
  }
  waiter_.wake();
  return EB_OK;
}

eb_status OrderedSubscription::settle_done(Connection& connection,
                                           const std::vector<eb_settle*>& done) {
  ArrayText lanes;
  ArrayText ids;
  ArrayText epochs;
  for (const eb_settle* settle : done) {
    lanes.add(static_cast<std::int64_t>(settle->lane));
    ids.add(static_cast<std::int64_t>(settle->seq));
    epochs.add(static_cast<std::int64_t>(settle->epoch));
  }
  const std::array values{lanes.value(), ids.value(), epochs.value()};
  Rows rows;
  const eb_status status = connection.query(kDoneMany, values, &rows);
  std::vector<std::pair<std::int32_t, std::int64_t>> deleted;
  for (int row = 0; row < rows.size(); ++row) {
    deleted.emplace_back(static_cast<std::int32_t>(rows.integer(row, 0)), rows.integer(row, 1));
  }
  std::sort(deleted.begin(), deleted.end());
  for (eb_settle* settle : done) {
    const std::pair where{settle->lane, static_cast<std::int64_t>(settle->seq)};
    after_verdict(*settle, status, std::binary_search(deleted.begin(), deleted.end(), where));
    store(*settle, status == EB_OK ? HeldState::kGone : HeldState::kUnsure);
  }
  return status;
}

void OrderedSubscription::settle_failed(Executor& executor, eb_settle& settle, HeldState stored) {
  std::int32_t attempt = 1;
  std::int32_t key = 0;
  {
    const std::lock_guard lock(mutex_);
    const Held* entry = find(settle);
    if (entry == nullptr) {
      settle.result = EB_ERR_LOST_LEASE;
      return;
    }
    attempt = entry->attempt;
    key = entry->key_hash;
    if (settle.outcome == EB_SETTLE_RETRY) {
      // Before the row says so: no later row of the key may be handed over from here on.
      lanes_.find(settle.lane)
          ->second.block(key, std::chrono::steady_clock::now() + kUntilKnown, scan_);
    }
  }
  const auto rest_of = rest(settle, attempt);
  const std::array retry{int_value(settle.lane), signed_value(settle.seq),
                         signed_value(settle.epoch), int_value(rest_of.count()),
                         text_value(code_of(settle))};
  const std::array dead{int_value(settle.lane),      signed_value(settle.seq),
                        signed_value(settle.epoch),  text_value(options_.group.name),
                        text_value(code_of(settle)), text_value(message_of(settle))};
  std::uint64_t rows = 0;
  const eb_status status = settle.outcome == EB_SETTLE_RETRY ? executor.run(kRetry, retry, &rows)
                                                             : executor.run(kDead, dead, &rows);
  after_verdict(settle, status, rows == 1);
  const bool lost_transaction = status != EB_OK && stored == HeldState::kUnsure;
  if (!lost_transaction) store(settle, status == EB_OK ? stored : HeldState::kUnsure);
  if (settle.outcome != EB_SETTLE_RETRY || settle.result != EB_OK) return;
  const std::lock_guard lock(mutex_);
  const auto lane = lanes_.find(settle.lane);
  if (lane == lanes_.end() || lane->second.epoch != settle.epoch) return;
  const SteadyTime due = std::chrono::steady_clock::now() + rest_of;
  lane->second.blocked[key] = {due, scan_};
  rescan_at_ = std::min(rescan_at_, due);
}

void OrderedSubscription::release(eb_settle& settle) {
  const std::lock_guard lock(mutex_);
  Held* entry = find(settle);
  if (entry == nullptr) {
    settle.result = EB_ERR_LOST_LEASE;
    return;
  }
  const SteadyTime now = std::chrono::steady_clock::now();
  Lane& lane = lanes_.find(settle.lane)->second;
  lane.blocked.try_emplace(entry->key_hash, Blocked{now, scan_}).first->second.since = scan_;
  rescan_at_ = std::min(rescan_at_, now);
  if (entry->state == HeldState::kUnsure) {
    entry->rests = true;
    return;
  }
  leave_flight(*entry, HeldState::kGone);
  lane.held.erase(static_cast<std::int64_t>(settle.seq));
}

void OrderedSubscription::after_verdict(eb_settle& settle, eb_status status, bool applied) {
  if (status == EB_OK && applied) {
    shared_.settled += 1;
  } else if (status == EB_OK) {
    shared_.lost_leases += 1;
    settle.result = EB_ERR_LOST_LEASE;
  } else {
    settle.result = status;
  }
}

void OrderedSubscription::store(const eb_settle& settle, HeldState state) {
  const std::lock_guard lock(mutex_);
  Held* entry = find(settle);
  if (entry == nullptr) return;
  if (settle.result == EB_ERR_LOST_LEASE) {
    // Either the lane has a new owner or the row is gone: ask, before handing over more.
    next_renewal_ = {};
    state = HeldState::kUnsure;
  }
  entry->rests = settle.outcome == EB_SETTLE_RETRY;
  leave_flight(*entry, state);
  if (state == HeldState::kGone) {
    gone_.emplace_back(settle.lane, static_cast<std::int64_t>(settle.seq));
  }
}

}  // namespace everbit::bus_postgres

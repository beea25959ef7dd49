#include "bus-postgres/competing.h"

#include <algorithm>
#include <array>

#include "bus-postgres/delivery.h"
#include "bus-postgres/verdict.h"

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto kRestartInterval = 1s;

constexpr Statement kClaim{70,
                           "WITH c AS MATERIALIZED ("
                           "  SELECT lane, id FROM outbox_queue"
                           "  WHERE lane <= $1::int AND (lane, id) > ($2::int, $3::bigint)"
                           "    AND ready_at <= now()"
                           "  ORDER BY lane, id LIMIT $4::bigint FOR UPDATE SKIP LOCKED),"
                           " q AS (UPDATE outbox_queue t"
                           "  SET ready_at = now() + $5::bigint * interval '1 millisecond',"
                           "    lease_token = nextval('outbox_lease_token'),"
                           "    attempt_count = t.attempt_count + 1"
                           "  FROM c WHERE (t.lane, t.id) = (c.lane, c.id) RETURNING t.*) "
                           "SELECT " EB_DELIVERY_COLUMNS
                           ", q.lease_token FROM q"
                           " CROSS JOIN LATERAL (SELECT * FROM outbox_event o"
                           "   WHERE o.event_id = q.event_id OFFSET 0) e "
                           "ORDER BY q.lane, q.id"};

constexpr Statement kDone{71, R"(
DELETE FROM outbox_queue WHERE lane = $1::int AND id = $2::bigint AND lease_token = $3::bigint)"};

constexpr Statement kDoneMany{72, R"(
DELETE FROM outbox_queue q USING unnest($1::int[], $2::bigint[], $3::bigint[]) AS x(lane, id, token)
WHERE q.lane = x.lane AND q.id = x.id AND q.lease_token = x.token RETURNING q.lease_token)"};

constexpr Statement kRetry{73, R"(
UPDATE outbox_queue SET lease_token = 0, last_error_code = $5::varchar, ready_at = clock_timestamp() + $4::bigint * interval '1 microsecond'
WHERE lane = $1::int AND id = $2::bigint AND lease_token = $3::bigint)"};

// Given back unhandled: the claim was no attempt.
constexpr Statement kRelease{74, R"(
UPDATE outbox_queue SET lease_token = 0, ready_at = now(), attempt_count = attempt_count - 1
WHERE lane = $1::int AND id = $2::bigint AND lease_token = $3::bigint)"};

constexpr Statement kDead{75, R"(
WITH d AS (DELETE FROM outbox_queue
           WHERE lane = $1::int AND id = $2::bigint AND lease_token = $3::bigint RETURNING *)
INSERT INTO outbox_dead (event_id, grp, "row", attempt_count, last_error_code, last_error_message,
                         died_at)
SELECT d.event_id, $4::varchar, row_to_json(e), d.attempt_count, $5::varchar, $6::text,
       clock_timestamp()
FROM d JOIN outbox_event e ON e.event_id = d.event_id
ON CONFLICT (event_id, grp) DO UPDATE SET attempt_count = excluded.attempt_count,
  last_error_code = excluded.last_error_code, last_error_message = excluded.last_error_message,
  died_at = excluded.died_at)"};

constexpr Statement kExtend{76, R"(
UPDATE outbox_queue q SET ready_at = now() + $4::bigint * interval '1 millisecond'
FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS x(lane, id, token)
WHERE q.lane = x.lane AND q.id = x.id AND q.lease_token = x.token RETURNING q.lease_token)"};

eb_value signed_value(std::uint64_t number) { return int_value(static_cast<std::int64_t>(number)); }

struct Named {
  ArrayText lanes;
  ArrayText ids;
  ArrayText tokens;
  void add(const eb_settle& settle) {
    lanes.add(static_cast<std::int64_t>(settle.lane));
    ids.add(static_cast<std::int64_t>(settle.seq));
    tokens.add(static_cast<std::int64_t>(settle.token));
  }
};

}  // namespace

eb_status CompetingSubscription::pull(std::uint32_t max, bool /*woken*/,
                                      const eb_delivery_sink& sink, std::uint32_t* delivered) {
  std::uint32_t limit = 0;
  const SteadyTime now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(held_, [now](const auto& item) { return item.second.lease_until <= now; });
    const auto held = static_cast<std::uint32_t>(held_.size());
    limit = std::min(max, options_.prefetch - std::min(options_.prefetch, held));
  }
  if (limit == 0) return EB_OK;
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_.relaxed.take(&status);
  if (!connection) return status;
  bool promoted = false;
  status = promote_due(*connection, &promoted);
  if (status != EB_OK) return status;
  if (promoted || now >= restart_at_) {
    last_lane_ = options_.group.first_lane;
    last_id_ = 0;
    restart_at_ = now + kRestartInterval;
  }
  status = claim(*connection, limit, sink, delivered);
  if (status != EB_OK || *delivered == limit || last_id_ == 0) return status;
  last_lane_ = options_.group.first_lane;
  last_id_ = 0;
  return *delivered > 0 ? EB_OK : claim(*connection, limit, sink, delivered);
}

eb_status CompetingSubscription::claim(Connection& connection, std::uint32_t max,
                                       const eb_delivery_sink& sink, std::uint32_t* claimed) {
  const SteadyTime asked = std::chrono::steady_clock::now();
  const std::array values{int_value(options_.group.last_lane()), int_value(last_lane_),
                          int_value(last_id_), int_value(max), int_value(options_.lease.count())};
  Rows rows;
  eb_status status = connection.query(kClaim, values, &rows);
  if (status != EB_OK) return status;
  const std::lock_guard lock(mutex_);
  for (int row = 0; row < rows.size(); ++row) {
    const Place place = place_of(rows, row);
    eb_delivery delivery = delivery_of(rows, row);
    delivery.token = static_cast<std::uint64_t>(rows.integer(row, kDeliveryColumns));
    delivery.attempt = place.attempts;
    delivery.lease_until =
        shared_.host.now(shared_.host.ctx_host) + std::chrono::nanoseconds(options_.lease).count();
    last_lane_ = place.lane;
    last_id_ = place.id;
    // A sink that fails leaves its claims to their lease.
    status = sink.delivery(sink.ctx_host, &delivery);
    if (status != EB_OK) return status;
    held_[delivery.token] = {place.lane, place.id, place.attempts, asked + options_.lease};
    *claimed += 1;
  }
  return EB_OK;
}

eb_status CompetingSubscription::settle(const eb_tx* tx, const Strided<eb_settle>& settles) {
  if (closed()) return EB_ERR_CLOSED;
  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    if (!is_verdict(settles[i])) return EB_ERR_ARGUMENT;
    settles[i].result = EB_OK;
  }
  if (tx != nullptr) {
    TxExecutor executor(*tx);
    return settle_each(executor, settles, true);
  }
  eb_status status = EB_OK;
  const Pool::Lease connection = settle_pool().take(&status);
  if (!connection) {
    for (std::uint32_t i = 0; i < settles.size(); ++i) settles[i].result = status;
    return status;
  }
  bool all_done = settles.size() > 1;
  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    all_done = all_done && settles[i].outcome == EB_SETTLE_DONE;
  }
  if (!all_done) {
    status = settle_each(*connection, settles, false);
  } else {
    std::vector<bool> applied(settles.size(), false);
    status = settle_done(*connection, settles, &applied);
    for (std::uint32_t i = 0; i < settles.size(); ++i) take_result(settles[i], status, applied[i]);
  }
  waiter_.wake();
  return status;
}

eb_status CompetingSubscription::settle_done(Connection& connection,
                                             const Strided<eb_settle>& settles,
                                             std::vector<bool>* applied) {
  Named named;
  for (std::uint32_t i = 0; i < settles.size(); ++i) named.add(settles[i]);
  const std::array values{named.lanes.value(), named.ids.value(), named.tokens.value()};
  Rows rows;
  const eb_status status = connection.query(kDoneMany, values, &rows);
  std::vector<std::uint64_t> deleted;
  for (int row = 0; row < rows.size(); ++row) {
    deleted.push_back(static_cast<std::uint64_t>(rows.integer(row, 0)));
  }
  std::sort(deleted.begin(), deleted.end());
  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    (*applied)[i] = std::binary_search(deleted.begin(), deleted.end(), settles[i].token);
  }
  return status;
}

eb_status CompetingSubscription::settle_each(Executor& executor, const Strided<eb_settle>& settles,
                                             bool stop_at_lost) {
  eb_status worst = EB_OK;
  for (std::uint32_t i = 0; i < settles.size(); ++i) {
    eb_settle& settle = settles[i];
    std::int32_t attempt = 1;
    {
      const std::lock_guard lock(mutex_);
      const auto held = held_.find(settle.token);
      if (held != held_.end()) attempt = held->second.attempt;
    }
    const eb_value lane = int_value(settle.lane);
    const eb_value id = signed_value(settle.seq);
    const eb_value token = signed_value(settle.token);
    const eb_value code = text_value(code_of(settle));
    const std::array named{lane, id, token};
    const std::array retry{lane, id, token, int_value(rest(settle, attempt).count()), code};
    const std::array dead{
        lane, id, token, text_value(options_.group.name), code, text_value(message_of(settle))};
    std::uint64_t rows = 0;
    eb_status status = EB_OK;
    switch (settle.outcome) {
      case EB_SETTLE_DONE:
        status = executor.run(kDone, named, &rows);
        break;
      case EB_SETTLE_RETRY:
        status = executor.run(kRetry, retry, &rows);
        break;
      case EB_SETTLE_DEAD:
        status = executor.run(kDead, dead, &rows);
        break;
      default:
        status = executor.run(kRelease, named, &rows);
        break;
    }
    take_result(settle, status, rows == 1);
    if (stop_at_lost && settle.result != EB_OK) return settle.result;
    if (status != EB_OK) worst = status;
  }
  return worst;
}

void CompetingSubscription::take_result(eb_settle& settle, eb_status status, bool applied) {
  if (status != EB_OK) {
    settle.result = status;
    return;
  }
  if (applied) {
    shared_.settled += 1;
  } else {
    settle.result = EB_ERR_LOST_LEASE;
    shared_.lost_leases += 1;
  }
  const std::lock_guard lock(mutex_);
  held_.erase(settle.token);
}

eb_status CompetingSubscription::extend(const Strided<const eb_settle>& held,
                                        std::chrono::milliseconds lease) {
  if (closed()) return EB_ERR_CLOSED;
  if (held.size() == 0) return EB_OK;
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_.relaxed.take(&status);
  if (!connection) return status;
  Named named;
  for (std::uint32_t i = 0; i < held.size(); ++i) named.add(held[i]);
  const std::array values{named.lanes.value(), named.ids.value(), named.tokens.value(),
                          int_value(lease.count())};
  const SteadyTime asked = std::chrono::steady_clock::now();
  Rows rows;
  status = connection->query(kExtend, values, &rows);
  if (status != EB_OK) return status;
  const std::lock_guard lock(mutex_);
  for (int row = 0; row < rows.size(); ++row) {
    const auto item = held_.find(static_cast<std::uint64_t>(rows.integer(row, 0)));
    if (item != held_.end()) item->second.lease_until = asked + lease;
  }
  return rows.size() == static_cast<int>(held.size()) ? EB_OK : EB_ERR_LOST_LEASE;
}

void CompetingSubscription::release_all() {
  std::vector<eb_settle> list;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [token, claim] : held_) {
      eb_settle settle{};
      settle.size = sizeof settle;
      settle.outcome = EB_SETTLE_RELEASE;
      settle.lane = claim.lane;
      settle.seq = static_cast<std::uint64_t>(claim.id);
      settle.token = token;
      list.push_back(settle);
    }
  }
  if (list.empty()) return;
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_.relaxed.take(&status);
  // If it fails, the leases run out by themselves.
  if (connection) {
    settle_each(*connection,
                Strided<eb_settle>(list.data(), static_cast<std::uint32_t>(list.size())), false);
  }
}

}  // namespace everbit::bus_postgres

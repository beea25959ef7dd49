#include "bus-postgres/subscription.h"

#include <algorithm>
#include <array>
#include <random>

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

// After activity the first look comes soon, for rows whose transaction committed late.
constexpr auto kFirstPoll = 100ms;
constexpr auto kLastPoll = 1000ms;

constexpr Statement kPromote{30, R"(
WITH due AS MATERIALIZED (
  SELECT lane, id FROM outbox_delayed
  WHERE ready_at <= now() AND lane BETWEEN $1::int AND $2::int
  ORDER BY ready_at LIMIT 500 FOR UPDATE SKIP LOCKED),
d AS (DELETE FROM outbox_delayed o USING due WHERE (o.lane, o.id) = (due.lane, due.id)
      RETURNING o.*),
q AS (INSERT INTO outbox_queue (lane, id, event_id, key_hash, ready_at, lease_token, attempt_count,
                                max_attempts, last_error_code)
      SELECT lane, id, event_id, key_hash, ready_at, lease_token, attempt_count, max_attempts,
             last_error_code FROM d RETURNING 1)
SELECT (SELECT count(*) FROM q),
       (SELECT ceil(extract(epoch FROM min(ready_at) - now()) * 1000) FROM outbox_delayed
        WHERE ready_at > now() AND lane BETWEEN $1::int AND $2::int)::bigint)"};

}  // namespace

Subscription::Subscription(Shared& shared, SubscriptionOptions options)
    : shared_(shared),
      options_(std::move(options)),
      durable_(options_.group.stream == kTradeCommand) {
  shared_.signal.add(options_.group.stream, &waiter_);
}

Subscription::~Subscription() { shared_.signal.remove(&waiter_); }

eb_status Subscription::fetch(std::uint32_t max, std::chrono::milliseconds wait,
                              const eb_delivery_sink& sink) {
  const std::unique_lock fetching(fetching_, std::try_to_lock);
  if (!fetching) return EB_ERR_BUSY;
  const SteadyTime deadline = std::chrono::steady_clock::now() + wait;
  bool woken = true;
  for (;;) {
    if (closed_) return EB_ERR_CLOSED;
    waiter_.arm();
    std::uint32_t delivered = 0;
    const SteadyTime started = std::chrono::steady_clock::now();
    const eb_status status = pull(max, woken, sink, &delivered);
    const SteadyTime now = std::chrono::steady_clock::now();
    shared_.fetches += 1;
    shared_.fetch_nanoseconds += static_cast<std::uint64_t>((now - started).count());
    if (status != EB_OK) {
      // The database is away: do not hammer it, but do not oversleep either.
      waiter_.sleep_until(std::min(deadline, now + kFirstPoll));
      return status;
    }
    if (delivered > 0) poll_interval_ = kFirstPoll;
    if (delivered > 0 || interrupted_.exchange(false) || now >= deadline) return EB_OK;
    woken = waiter_.sleep_until(
        std::min({deadline, now + poll_interval_, std::max(next_look(), now + 1ms)}));
    poll_interval_ =
        woken ? kFirstPoll : std::min(poll_interval_ * 2, std::chrono::milliseconds(kLastPoll));
  }
}

void Subscription::interrupt() {
  interrupted_ = true;
  waiter_.wake();
}

void Subscription::close() {
  if (closed_.exchange(true)) return;
  waiter_.wake();
  // A fetch that is still inside leaves within one statement.
  const std::lock_guard fetching(fetching_);
  release_all();
}

eb_status Subscription::promote_due(Connection& connection, bool* any) {
  const SteadyTime now = std::chrono::steady_clock::now();
  *any = false;
  if (now < next_promotion_) return EB_OK;
  const std::array values{int_value(options_.group.first_lane),
                          int_value(options_.group.last_lane())};
  Rows rows;
  const eb_status status = connection.query(kPromote, values, &rows);
  if (status != EB_OK) return status;
  *any = rows.integer(0, 0) > 0;
  // What is delayed after this look is due in two seconds at the earliest.
  next_due_ = SteadyTime::max();
  if (!rows.is_null(0, 1)) next_due_ = now + std::chrono::milliseconds(rows.integer(0, 1) + 1);
  next_promotion_ = *any ? now : std::min(next_due_, now + kLastPoll);
  return EB_OK;
}

std::chrono::microseconds Subscription::rest(const eb_settle& settle, std::int32_t attempt) const {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  if (settle.retry_at != 0) {
    const eb_ts now = shared_.host.now(shared_.host.ctx_host);
    return microseconds(std::max<std::int64_t>(0, (settle.retry_at - now) / 1000));
  }
  const int doublings = std::clamp(attempt - 1, 0, 20);
  const auto plain =
      std::min<microseconds>(options_.backoff_base * (1LL << doublings), options_.backoff_cap);
  std::minstd_rand random(static_cast<std::uint32_t>(settle.token * 2654435761U + settle.seq));
  std::uniform_real_distribution<double> jitter(0.8, 1.2);
  return microseconds(
      static_cast<std::int64_t>(static_cast<double>(plain.count()) * jitter(random)));
}

}  // namespace everbit::bus_postgres

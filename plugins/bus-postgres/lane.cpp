#include "bus-postgres/lane.h"

#include <array>

#include "bus-postgres/values.h"

namespace everbit::bus_postgres {
namespace {

// FOR UPDATE waits for, or here skips, lanes in which a verdict's transaction is open: that one has
// passed its fence and must end before the lane can change hands.
constexpr Statement kClaim{40, R"(
WITH c AS MATERIALIZED (
  SELECT l.lane, l.inflight_hi FROM outbox_lane l
  WHERE l.lane BETWEEN $1::int AND $2::int
    AND (l.owner IS NULL OR l.lease_until IS NULL OR l.lease_until < now() OR NOT EXISTS (
      SELECT 1 FROM pg_locks k
      WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
        AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (k.classid::bigint << 32 | k.objid::bigint) = hashtextextended(l.owner, 0)))
  ORDER BY l.lane FOR UPDATE SKIP LOCKED),
a AS (UPDATE outbox_queue q SET attempt_count = q.attempt_count + 1 FROM c
      WHERE q.lane = c.lane AND q.id <= c.inflight_hi AND q.ready_at <= now())
UPDATE outbox_lane l
SET owner = $3::text, epoch = l.epoch + 1, inflight_hi = 0,
    lease_until = now() + $4::bigint * interval '1 millisecond'
FROM c WHERE l.lane = c.lane RETURNING l.lane, l.epoch)"};

constexpr Statement kRenew{41, R"(
UPDATE outbox_lane l
SET owner = $1::text, inflight_hi = x.hi,
    lease_until = now() + $2::bigint * interval '1 millisecond'
FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS x(lane, epoch, hi)
WHERE l.lane = x.lane AND l.epoch = x.epoch RETURNING l.lane)"};

constexpr Statement kFree{42, R"(
UPDATE outbox_lane l SET owner = NULL, inflight_hi = 0, lease_until = NULL
FROM unnest($1::int[], $2::bigint[]) AS x(lane, epoch)
WHERE l.lane = x.lane AND l.epoch = x.epoch)"};

}  // namespace

eb_status claim_lanes(Connection& connection, std::int32_t first, std::int32_t last,
                      std::string_view owner, std::chrono::milliseconds lease,
                      std::vector<Claimed>* claimed) {
  const std::array values{int_value(first), int_value(last), text_value(owner),
                          int_value(lease.count())};
  Rows rows;
  const eb_status status = connection.query(kClaim, values, &rows);
  if (status != EB_OK) return status;
  for (int row = 0; row < rows.size(); ++row) {
    claimed->push_back({static_cast<std::int32_t>(rows.integer(row, 0)),
                        static_cast<std::uint64_t>(rows.integer(row, 1))});
  }
  return EB_OK;
}

eb_status renew_lanes(Connection& connection, std::string_view owner,
                      std::chrono::milliseconds lease, const std::vector<Renewal>& renewals,
                      std::vector<std::int32_t>* kept) {
  ArrayText lanes;
  ArrayText epochs;
  ArrayText highest;
  for (const Renewal& renewal : renewals) {
    lanes.add(static_cast<std::int64_t>(renewal.lane));
    epochs.add(static_cast<std::int64_t>(renewal.epoch));
    highest.add(renewal.inflight_hi);
  }
  const std::array values{text_value(owner), int_value(lease.count()), lanes.value(),
                          epochs.value(), highest.value()};
  Rows rows;
  const eb_status status = connection.query(kRenew, values, &rows);
  if (status != EB_OK) return status;
  for (int row = 0; row < rows.size(); ++row) {
    kept->push_back(static_cast<std::int32_t>(rows.integer(row, 0)));
  }
  return EB_OK;
}

eb_status free_lanes(Connection& connection, const std::vector<Renewal>& lanes) {
  ArrayText numbers;
  ArrayText epochs;
  for (const Renewal& lane : lanes) {
    numbers.add(static_cast<std::int64_t>(lane.lane));
    epochs.add(static_cast<std::int64_t>(lane.epoch));
  }
  const std::array values{numbers.value(), epochs.value()};
  Rows rows;
  return connection.query(kFree, values, &rows);
}

}  // namespace everbit::bus_postgres

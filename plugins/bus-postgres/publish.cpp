#include "bus-postgres/publish.h"

#include <array>

#include "bus-postgres/murmur2.h"

namespace everbit::bus_postgres {
namespace {

constexpr std::int32_t kDefaultMaxAttempts = 10;
constexpr std::size_t kLongestKey = 64;
constexpr std::size_t kLongestName = 128;

// A sequence number is drawn first, so that both inserts can use it, and only by a transaction that
// has its id already: readers tell by the ids of running transactions which numbers may yet appear.
constexpr Statement kOne{10, R"(
WITH x AS MATERIALIZED (SELECT CASE WHEN pg_current_xact_id() IS NOT NULL
                               THEN nextval('outbox_id') END AS id),
e AS (INSERT INTO outbox_event (event_id, id, stream, event_type, aggregate_type, aggregate_id,
                                partition_key, payload_json)
      SELECT $1::uuid, x.id, $2::varchar, $3::varchar, $4::varchar, $5::bigint, $6::varchar,
             $7::json FROM x)
INSERT INTO outbox_queue (lane, id, event_id, key_hash, max_attempts)
SELECT g.group_base + $8::int % g.lanes, x.id, $1::uuid, $8::int, $9::int
FROM x JOIN outbox_group g ON g.stream = $2::varchar)"};

// Rows due in more than two seconds wait in a table of their own, where they block no key.
constexpr Statement kMany{11, R"(
WITH x AS MATERIALIZED (
  SELECT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('outbox_id') END AS id, u.*,
         timestamptz 'epoch' + u.due * interval '1 microsecond' AS due_at
  FROM unnest($1::uuid[], $2::varchar[], $3::varchar[], $4::varchar[], $5::bigint[], $6::varchar[],
              $7::text[], $8::int[], $9::int[], $10::bigint[])
       AS u(event_id, stream, event_type, aggregate_type, aggregate_id, partition_key, payload,
            key_hash, max_attempts, due)),
e AS (INSERT INTO outbox_event (event_id, id, stream, event_type, aggregate_type, aggregate_id,
                                partition_key, payload_json)
      SELECT event_id, id, stream, event_type, aggregate_type, aggregate_id, partition_key,
             payload::json FROM x),
t AS MATERIALIZED (
  SELECT g.group_base + x.key_hash % g.lanes AS lane, x.id, x.event_id, x.key_hash,
         x.max_attempts, GREATEST(x.due_at, now()) AS ready_at,
         coalesce(x.due_at > clock_timestamp() + interval '2 seconds', false) AS later
  FROM x JOIN outbox_group g ON g.stream = x.stream),
d AS (INSERT INTO outbox_delayed (lane, id, event_id, key_hash, max_attempts, ready_at)
      SELECT lane, id, event_id, key_hash, max_attempts, ready_at FROM t WHERE later RETURNING 1),
q AS (INSERT INTO outbox_queue (lane, id, event_id, key_hash, max_attempts, ready_at)
      SELECT lane, id, event_id, key_hash, max_attempts, ready_at FROM t WHERE NOT later
      RETURNING 1)
SELECT 1 FROM d UNION ALL SELECT 1 FROM q)"};

bool well_formed(const eb_bus_event& event) {
  return event.stream.len > 0 && event.stream.len <= kLongestName && event.type.len > 0 &&
         event.type.len <= kLongestName && event.aggregate_type.len <= 64 && event.key.len > 0 &&
         event.key.len <= kLongestKey && event.payload.len > 0 && event.max_attempts >= 0 &&
         event.not_before >= 0;
}

std::int32_t max_attempts_of(const eb_bus_event& event) {
  return event.max_attempts == 0 ? kDefaultMaxAttempts : event.max_attempts;
}

eb_status publish_one(Executor& executor, const eb_bus_event& event, std::uint64_t* rows) {
  const std::array values{
      uuid_value(event.event_id),
      text_value(view(event.stream)),
      text_value(view(event.type)),
      text_value(view(event.aggregate_type)),
      event.aggregate_id == 0 ? null_value() : int_value(event.aggregate_id),
      text_value(view(event.key)),
      text_value(view(event.payload)),
      int_value(key_hash(view(event.key))),
      int_value(max_attempts_of(event)),
  };
  return executor.run(kOne, values, rows);
}

eb_status publish_many(Executor& executor, const Strided<const eb_bus_event>& events,
                       std::uint64_t* rows) {
  std::array<ArrayText, 10> columns;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const eb_bus_event& event = events[i];
    columns[0].add_uuid(event.event_id);
    columns[1].add(view(event.stream));
    columns[2].add(view(event.type));
    columns[3].add(view(event.aggregate_type));
    if (event.aggregate_id == 0) {
      columns[4].add_null();
    } else {
      columns[4].add(event.aggregate_id);
    }
    columns[5].add(view(event.key));
    columns[6].add(view(event.payload));
    columns[7].add(static_cast<std::int64_t>(key_hash(view(event.key))));
    columns[8].add(static_cast<std::int64_t>(max_attempts_of(event)));
    if (event.not_before == 0) {
      columns[9].add_null();
    } else {
      columns[9].add(microseconds(event.not_before));
    }
  }
  std::array<eb_value, 10> values;
  for (std::size_t i = 0; i < columns.size(); ++i) values[i] = columns[i].value();
  return executor.run(kMany, values, rows);
}

}  // namespace

eb_status publish(Executor& executor, const Strided<const eb_bus_event>& events) {
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    if (!well_formed(events[i])) return EB_ERR_ARGUMENT;
  }
  if (events.size() == 0) return EB_OK;
  std::uint64_t rows = 0;
  const bool simple = events.size() == 1 && events[0].not_before == 0;
  const eb_status status =
      simple ? publish_one(executor, events[0], &rows) : publish_many(executor, events, &rows);
  if (status != EB_OK) return status;
  return rows < events.size() ? EB_ERR_NOT_FOUND : EB_OK;
}

}  // namespace everbit::bus_postgres

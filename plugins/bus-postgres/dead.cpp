#include "bus-postgres/dead.h"

#include <algorithm>
#include <array>

#include "bus-postgres/murmur2.h"
#include "bus-postgres/subscription.h"
#include "bus-postgres/values.h"

namespace everbit::bus_postgres {
namespace {

constexpr Statement kList{80, R"(
SELECT d.event_id, d.attempt_count, d.last_error_code, d.last_error_message, e.id, e.stream,
       e.event_type, e.aggregate_type, coalesce(e.aggregate_id, 0), e.partition_key,
       e.payload_json, (extract(epoch FROM e.created_at) * 1000000)::bigint
FROM outbox_dead d CROSS JOIN LATERAL json_populate_record(NULL::outbox_event, d."row") e
WHERE e.stream = $1::varchar AND d.grp = $2::varchar AND e.id > $3::bigint
ORDER BY e.id LIMIT $4::bigint)"};

constexpr Statement kKeys{81, R"(
SELECT d.event_id, d."row" ->> 'stream', d."row" ->> 'partition_key'
FROM outbox_dead d WHERE d.grp = $1::varchar AND d.event_id = ANY ($2::uuid[]))"};

// The month of the log row may have been dropped meanwhile; the dead row holds a full copy.
constexpr Statement kRequeue{82, R"(
WITH x AS MATERIALIZED (SELECT * FROM unnest($2::uuid[], $3::int[]) AS x(event_id, key_hash)),
d AS (DELETE FROM outbox_dead o USING x WHERE o.grp = $1::varchar AND o.event_id = x.event_id
      RETURNING o.event_id, o."row", x.key_hash),
l AS (INSERT INTO outbox_event
      SELECT e.* FROM d CROSS JOIN LATERAL json_populate_record(NULL::outbox_event, d."row") e
      ON CONFLICT DO NOTHING)
INSERT INTO outbox_queue (lane, id, event_id, key_hash)
SELECT g.group_base + d.key_hash % g.lanes, (d."row" ->> 'id')::bigint, d.event_id, d.key_hash
FROM d JOIN outbox_group g ON g.stream = d."row" ->> 'stream' AND g.grp = $1::varchar)"};

constexpr Statement kWaiting{83, R"(
SELECT (SELECT count(*) FROM outbox_queue q
        WHERE q.lane BETWEEN g.group_base AND g.group_base + g.lanes - 1)
     + (SELECT count(*) FROM outbox_delayed q
        WHERE q.lane BETWEEN g.group_base AND g.group_base + g.lanes - 1)
FROM outbox_group g WHERE g.stream = $1::varchar AND g.grp = $2::varchar)"};

eb_status show(const Rows& rows, int row, const eb_delivery_sink& sink) {
  eb_delivery delivery{};
  delivery.size = sizeof delivery;
  eb_bus_event& event = delivery.event;
  event.size = sizeof event;
  read_uuid(rows.text(row, 0), event.event_id);
  delivery.attempt = static_cast<std::int32_t>(rows.integer(row, 1));
  delivery.error_code = borrow(rows.text(row, 2));
  delivery.error_message = borrow(rows.text(row, 3));
  delivery.seq = static_cast<std::uint64_t>(rows.integer(row, 4));
  event.stream = borrow(rows.text(row, 5));
  event.type = borrow(rows.text(row, 6));
  event.aggregate_type = borrow(rows.text(row, 7));
  event.aggregate_id = rows.integer(row, 8);
  event.key = borrow(rows.text(row, 9));
  event.payload = borrow(rows.text(row, 10));
  delivery.published = rows.integer(row, 11) * 1000;
  return sink.delivery(sink.ctx_host, &delivery);
}

}  // namespace

eb_status list_dead(Connection& connection, std::string_view stream, std::string_view group,
                    std::uint64_t after, std::uint32_t max, const eb_delivery_sink& sink) {
  const std::array values{text_value(stream), text_value(group),
                          int_value(static_cast<std::int64_t>(after)), int_value(max)};
  Rows rows;
  eb_status status = connection.query(kList, values, &rows);
  for (int row = 0; row < rows.size() && status == EB_OK; ++row) status = show(rows, row, sink);
  return status;
}

eb_status requeue_dead(Connection& connection, std::string_view group,
                       const std::uint8_t (*event_ids)[16], std::uint32_t n,
                       std::vector<std::string>* streams) {
  ArrayText asked;
  for (std::uint32_t i = 0; i < n; ++i) asked.add_uuid(event_ids[i]);
  const std::array named{text_value(group), asked.value()};
  Rows rows;
  eb_status status = connection.query(kKeys, named, &rows);
  if (status != EB_OK) return status;
  if (rows.size() != static_cast<int>(n)) return EB_ERR_NOT_FOUND;
  ArrayText ids;
  ArrayText hashes;
  for (int row = 0; row < rows.size(); ++row) {
    if (rows.text(row, 1) == kTradeCommand) return EB_ERR_UNSUPPORTED;
    ids.add(rows.text(row, 0));
    hashes.add(static_cast<std::int64_t>(key_hash(rows.text(row, 2))));
    streams->emplace_back(rows.text(row, 1));
  }
  const std::array values{text_value(group), ids.value(), hashes.value()};
  std::uint64_t requeued = 0;
  status = connection.run(kRequeue, values, &requeued);
  if (status != EB_OK) return status;
  return requeued == n ? EB_OK : EB_ERR_NOT_FOUND;
}

eb_status count_waiting(Connection& connection, std::string_view stream, std::string_view group,
                        std::uint64_t* n) {
  const std::array values{text_value(stream), text_value(group)};
  Rows rows;
  const eb_status status = connection.query(kWaiting, values, &rows);
  if (status != EB_OK) return status;
  if (rows.size() == 0) return EB_ERR_NOT_FOUND;
  *n = static_cast<std::uint64_t>(rows.integer(0, 0));
  return EB_OK;
}

}  // namespace everbit::bus_postgres

#pragma once

#include "bus-postgres/connection.h"

namespace everbit::bus_postgres {

// The columns that make a delivery, from outbox_queue q joined to outbox_event e. The statements
// that use it put these first.
#define EB_DELIVERY_COLUMNS                                                                        \
  "q.lane, q.id, q.key_hash, q.attempt_count, q.max_attempts, q.event_id, e.stream, "              \
  "e.event_type, e.aggregate_type, coalesce(e.aggregate_id, 0), e.partition_key, e.payload_json, " \
  "(extract(epoch FROM e.created_at) * 1000000)::bigint"
inline constexpr int kDeliveryColumns = 13;

// What the queue says of a delivery, beside its event.
struct Place {
  std::int32_t lane = 0;
  std::int64_t id = 0;
  std::int32_t key_hash = 0;
  std::int32_t attempts = 0;  // begun before this one
};
Place place_of(const Rows& rows, int row);

// Borrows the row's texts. token, epoch, attempt and lease_until are the caller's.
eb_delivery delivery_of(const Rows& rows, int row);

}  // namespace everbit::bus_postgres

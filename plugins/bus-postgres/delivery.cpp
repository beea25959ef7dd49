#include "bus-postgres/delivery.h"

#include "bus-postgres/values.h"

namespace everbit::bus_postgres {

Place place_of(const Rows& rows, int row) {
  return {static_cast<std::int32_t>(rows.integer(row, 0)), rows.integer(row, 1),
          static_cast<std::int32_t>(rows.integer(row, 2)),
          static_cast<std::int32_t>(rows.integer(row, 3))};
}

eb_delivery delivery_of(const Rows& rows, int row) {
  eb_delivery delivery{};
  delivery.size = sizeof delivery;
  delivery.lane = static_cast<std::int32_t>(rows.integer(row, 0));
  delivery.seq = static_cast<std::uint64_t>(rows.integer(row, 1));
  delivery.published = rows.integer(row, 12) * 1000;
  eb_bus_event& event = delivery.event;
  event.size = sizeof event;
  event.max_attempts = static_cast<std::int32_t>(rows.integer(row, 4));
  read_uuid(rows.text(row, 5), event.event_id);
  event.stream = borrow(rows.text(row, 6));
  event.type = borrow(rows.text(row, 7));
  event.aggregate_type = borrow(rows.text(row, 8));
  event.aggregate_id = rows.integer(row, 9);
  event.key = borrow(rows.text(row, 10));
  event.payload = borrow(rows.text(row, 11));
  return delivery;
}

}  // namespace everbit::bus_postgres

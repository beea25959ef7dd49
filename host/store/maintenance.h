#pragma once

#include <cstdint>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"

namespace everbit::store {

struct MaintenanceReport {
  int partitions_made = 0;
  int partitions_dropped = 0;
  std::int64_t history_rows_deleted = 0;
  // Rows that no month takes: an alarm, somebody's clock is far off.
  std::int64_t rows_in_default_partition = 0;
};

// At each start, before the first event is published, and daily: makes the outbox partitions of
// this month and the next, drops what the retention no longer keeps, and deletes old decisions and
// states. May run in several processes at once.
Result<MaintenanceReport> maintain(Pool& pool, int retention_days, Deadline deadline);

}  // namespace everbit::store

#include "store/maintenance.h"

namespace everbit::store {
namespace {

constexpr Sql kMake{"SELECT outbox_ensure_partitions()"};
constexpr Sql kDrop{"SELECT outbox_drop_expired($1)"};
constexpr Sql kPurge{"SELECT purge_strategy_history($1)"};
constexpr Sql kDefault{"SELECT count(*) FROM outbox_event_default"};

}  // namespace

Result<MaintenanceReport> maintain(Pool& pool, int retention_days, Deadline deadline) {
  MaintenanceReport report;
  auto made = pool.exec(deadline, kMake);
  if (!made) return made.error();
  report.partitions_made = made->front().get<int>(0);
  auto dropped = pool.exec(deadline, kDrop, retention_days);
  if (!dropped) return dropped.error();
  report.partitions_dropped = dropped->front().get<int>(0);
  auto purged = pool.exec(deadline, kPurge, retention_days);
  if (!purged) return purged.error();
  report.history_rows_deleted = purged->front().get<std::int64_t>(0);
  auto stray = pool.exec(deadline, kDefault);
  if (!stray) return stray.error();
  report.rows_in_default_partition = stray->front().get<std::int64_t>(0);
  return report;
}

}  // namespace everbit::store

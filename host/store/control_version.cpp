#include "store/control_version.h"

namespace everbit::store {
namespace {

constexpr Sql kRead{R"(
  SELECT max(version) FILTER (WHERE name = 'kill_switch'),
         max(version) FILTER (WHERE name = 'settings'),
         max(version) FILTER (WHERE name = 'activation')
  FROM control_version)"};

}  // namespace

Result<ControlVersions> read_control_versions(Pool& pool, Deadline deadline) {
  auto rows = pool.exec(deadline, kRead);
  if (!rows) return rows.error();
  const Row row = rows->front();
  return ControlVersions{row.get<std::int64_t>(0), row.get<std::int64_t>(1),
                         row.get<std::int64_t>(2)};
}

}  // namespace everbit::store

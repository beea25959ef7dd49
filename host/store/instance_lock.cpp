#include "store/instance_lock.h"

#include <fstream>
#include <string>

namespace everbit::store {
namespace {

constexpr Sql kTake{"SELECT pg_try_advisory_lock(lock_key('instance ' || $1::uuid::text))"};
constexpr Sql kPing{"SELECT 1"};
constexpr Sql kAlive{"SELECT instance_alive($1)"};

}  // namespace

Result<InstanceLock> InstanceLock::take(const ConnectSettings& settings, const Uuid& instance,
                                        Deadline deadline) {
  auto connection = Connection::open(settings, deadline);
  if (!connection) return connection.error();
  auto taken = connection->exec(deadline, kTake, instance);
  if (!taken) return taken.error();
  if (!taken->front().get<bool>(0)) {
    return Error("INSTANCE_LOCK_HELD", "another session holds instance " + instance.to_string());
  }
  return InstanceLock(std::move(*connection), instance);
}

Result<void> InstanceLock::check(Deadline deadline) {
  auto answer = connection_.exec(deadline, kPing);
  if (!answer) return answer.error();
  return {};
}

Result<bool> is_instance_alive(Pool& pool, const Uuid& instance, Deadline deadline) {
  auto rows = pool.exec(deadline, kAlive, instance);
  if (!rows) return rows.error();
  return rows->front().get<bool>(0);
}

Result<Uuid> current_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  if (!std::getline(file, text)) return Error("BOOT_ID", "the kernel does not tell its boot id");
  return Uuid::parse(text);
}

}  // namespace everbit::store

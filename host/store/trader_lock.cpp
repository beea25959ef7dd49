#include "store/trader_lock.h"

#include <algorithm>
#include <thread>

namespace everbit::store {
namespace {

constexpr std::chrono::milliseconds kRetry{100};
// For one answer: a question that was asked in time is not given up with the wait for the lock.
constexpr std::chrono::seconds kAnswer{2};

constexpr Sql kTryLock{"SELECT pg_try_advisory_lock(lock_key('trader'))"};

constexpr Sql kHolder{
    "SELECT instance::text || ' since ' || since::text FROM trader_instance WHERE owner_id = $1"};

constexpr Sql kWriteInstance{R"(
  INSERT INTO trader_instance (owner_id, instance, boot_id, since) VALUES ($1, $2, $3, now())
  ON CONFLICT (owner_id) DO UPDATE
  SET instance = excluded.instance, boot_id = excluded.boot_id, since = excluded.since)"};

Deadline answer_by(Deadline deadline) { return std::max(deadline, Deadline::after(kAnswer)); }

Error held_by(Connection& connection, OwnerId owner, Deadline deadline) {
  std::string holder = "unknown";
  auto rows = connection.exec(answer_by(deadline), kHolder, owner);
  if (rows && !rows->empty()) holder = rows->front().get<std::string>(0);
  return Error("TRADER_LOCK_HELD", "another trader runs on this database: instance " + holder);
}

}  // namespace

Result<TraderLock> TraderLock::take(const ConnectSettings& settings, OwnerId owner,
                                    const Uuid& instance, const Uuid& boot_id, Deadline deadline) {
  auto lock = InstanceLock::take(settings, instance, deadline);
  if (!lock) return lock.error();
  for (;;) {
    auto taken = lock->connection_.exec(answer_by(deadline), kTryLock);
    if (!taken) return taken.error();
    if (taken->front().get<bool>(0)) break;
    if (deadline.remaining() <= kRetry) return held_by(lock->connection_, owner, deadline);
    std::this_thread::sleep_for(kRetry);
  }
  auto written =
      lock->connection_.exec(answer_by(deadline), kWriteInstance, owner, instance, boot_id);
  if (!written) return written.error();
  return TraderLock(std::move(*lock));
}

}  // namespace everbit::store

#pragma once

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "store/connection.h"
#include "store/pool.h"

namespace everbit::store {

// Says to the other processes that this one lives: an advisory lock on its instance, held by a
// session of its own for as long as the process (or the session) lasts. A lane, or a SENT attempt,
// whose owner's lock is free belongs to a dead process. One thread at a time.
class InstanceLock {
 public:
  // Code INSTANCE_LOCK_HELD when another session has the same instance, DB_UNAVAILABLE.
  static Result<InstanceLock> take(const ConnectSettings& settings, const Uuid& instance,
                                   Deadline deadline);

  const Uuid& instance() const { return instance_; }
  // Asks the server. After an error the lock is lost for good: to the others this process is dead,
  // so it must stop what it does for them.
  Result<void> check(Deadline deadline);

 private:
  friend class TraderLock;
  InstanceLock(Connection connection, const Uuid& instance)
      : connection_(std::move(connection)), instance_(instance) {}

  Connection connection_;
  Uuid instance_;
};

// Whether the process of that instance lives. Does not touch its lock.
Result<bool> is_instance_alive(Pool& pool, const Uuid& instance, Deadline deadline);

// The boot of this machine: tells a crash of the process from one of the machine. Code BOOT_ID.
Result<Uuid> current_boot_id();

}  // namespace everbit::store

#pragma once

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "store/ids.h"
#include "store/instance_lock.h"

namespace everbit::store {

// Makes this process the trader, of which there is one. An advisory lock of a session of its own,
// with the instance's lock beside it; the row trader_instance, written before anything is traded,
// is the fence for a holder that lost its session without noticing. One thread at a time.
class TraderLock {
 public:
  // Tries until the deadline: a trader that has just been killed may keep its session for a moment.
  // Code TRADER_LOCK_HELD, naming the holder; INSTANCE_LOCK_HELD, DB_UNAVAILABLE.
  static Result<TraderLock> take(const ConnectSettings& settings, OwnerId owner,
                                 const Uuid& instance, const Uuid& boot_id, Deadline deadline);

  const Uuid& instance() const { return lock_.instance(); }
  // Call about once a second. After an error this process is not the trader any more and must stop
  // trading at once; it may become it again only by a new start.
  Result<void> check(Deadline deadline) { return lock_.check(deadline); }

 private:
  explicit TraderLock(InstanceLock lock) : lock_(std::move(lock)) {}
  InstanceLock lock_;
};

}  // namespace everbit::store

#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/deadline.h"
#include "base/result.h"
#include "store/connection.h"

namespace everbit::store {

struct PoolSettings {
  ConnectSettings connect;
  std::size_t max_connections = 4;
};

struct PoolStats {
  std::size_t open = 0;
  std::size_t idle = 0;
  std::size_t waiting = 0;
};

class Pool;

// A connection on loan; goes back to its pool when destroyed. One that is broken, or still inside a
// transaction, is closed instead, and the pool opens another when asked.
class Lease {
 public:
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  ~Lease();
  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  friend class Pool;
  Lease(Pool* pool, std::unique_ptr<Connection> connection);
  void give_back();
  Pool* pool_;
  std::unique_ptr<Connection> connection_;
};

// At most max_connections sessions, opened when first needed. Any thread; outlives its leases.
class Pool {
 public:
  explicit Pool(PoolSettings settings);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Waits for a free connection until the deadline. Codes DB_POOL_TIMEOUT, DB_UNAVAILABLE.
  Result<Lease> acquire(Deadline deadline);

  // One statement in a transaction of its own. For reads, and for writes that may be repeated: a
  // DB_CONNECTION_LOST does not tell whether a write was committed.
  template <class... T>
  Result<Rows> exec(Deadline deadline, Sql sql, const T&... values) {
    auto lease = acquire(deadline);
    if (!lease) return lease.error();
    return (*lease)->exec(deadline, sql, values...);
  }

  PoolStats stats() const;
  const ConnectSettings& connect_settings() const;
  // Waiting and later calls get DB_UNAVAILABLE; idle connections are closed.
  void close();

 private:
  friend class Lease;
  void give_back(std::unique_ptr<Connection> connection);
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace everbit::store

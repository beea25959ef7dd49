#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "bus-postgres/connection.h"

namespace everbit::bus_postgres {

// A bounded set of connections, opened when first needed and again after the database was away.
// Any thread; outlives its leases.
class Pool {
 public:
  Pool(const std::string& url, bool durable, std::size_t size);

  // A connection for one piece of work, given back when it goes out of scope.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&& other) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Connection* operator->() const { return connection_.get(); }
    Connection& operator*() const { return *connection_; }
    explicit operator bool() const { return connection_ != nullptr; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Empty if none came free or the database could not be reached in time; `status` says which.
  Lease take(eb_status* status);

 private:
  void give_back(std::unique_ptr<Connection> connection);

  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace everbit::bus_postgres

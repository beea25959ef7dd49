#include "bus-postgres/pool.h"

namespace everbit::bus_postgres {

Pool::Pool(const std::string& url, bool durable, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    idle_.push_back(std::make_unique<Connection>(url, durable));
  }
}

Pool::Lease Pool::take(eb_status* status) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + kStatementLimit;
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    if (!free_.wait_until(lock, deadline, [this] { return !idle_.empty(); })) {
      *status = EB_ERR_BUSY;
      return Lease(*this, nullptr);
    }
    connection = std::move(idle_.back());
    idle_.pop_back();
  }
  *status = connection->open(deadline);
  if (*status != EB_OK) {
    give_back(std::move(connection));
    return Lease(*this, nullptr);
  }
  return Lease(*this, std::move(connection));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  free_.notify_one();
}

}  // namespace everbit::bus_postgres

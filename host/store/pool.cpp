#include "store/pool.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/errors.h"

namespace everbit::store {

class Pool::Impl {
 public:
  explicit Impl(PoolSettings settings) : settings_(std::move(settings)) {}

  Result<std::unique_ptr<Connection>> acquire(Deadline deadline);
  void give_back(std::unique_ptr<Connection> connection);
  void close();
  PoolStats stats() const;
  const PoolSettings& settings() const { return settings_; }

 private:
  std::unique_ptr<Connection> take_idle();
  Result<std::unique_ptr<Connection>> open(Deadline deadline);
  void drop_one();

  const PoolSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t open_ = 0;  // idle, on loan, or being opened
  std::size_t waiting_ = 0;
  bool closed_ = false;
};

Result<std::unique_ptr<Connection>> Pool::Impl::acquire(Deadline deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (closed_) return make_error(kUnavailable, "the pool is closed");
    if (auto connection = take_idle()) return connection;
    if (open_ < settings_.max_connections) {
      ++open_;
      lock.unlock();
      return open(deadline);
    }
    ++waiting_;
    const auto waited = changed_.wait_until(lock, deadline.time());
    --waiting_;
    if (waited == std::cv_status::timeout && idle_.empty() && open_ >= settings_.max_connections) {
      return make_error(kPoolTimeout, "all " + std::to_string(settings_.max_connections) +
                                          " database connections are in use");
    }
  }
}

// The connection used last is the warmest; one whose server has gone is dropped on the way.
std::unique_ptr<Connection> Pool::Impl::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->is_alive()) return connection;
    --open_;
  }
  return nullptr;
}

Result<std::unique_ptr<Connection>> Pool::Impl::open(Deadline deadline) {
  auto connection = Connection::open(settings_.connect, deadline);
  if (!connection) {
    drop_one();
    return connection.error();
  }
  return std::make_unique<Connection>(std::move(*connection));
}

void Pool::Impl::drop_one() {
  const std::lock_guard lock(mutex_);
  --open_;
  changed_.notify_one();
}

void Pool::Impl::give_back(std::unique_ptr<Connection> connection) {
  if (connection->is_broken() || connection->in_transaction()) {
    connection.reset();
    drop_one();
    return;
  }
  std::unique_lock lock(mutex_);
  if (closed_) {
    --open_;
    lock.unlock();
    connection.reset();
    return;
  }
  idle_.push_back(std::move(connection));
  changed_.notify_one();
}

void Pool::Impl::close() {
  std::vector<std::unique_ptr<Connection>> idle;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    open_ -= idle_.size();
    idle.swap(idle_);
  }
  changed_.notify_all();
}

PoolStats Pool::Impl::stats() const {
  const std::lock_guard lock(mutex_);
  return {open_, idle_.size(), waiting_};
}

Pool::Pool(PoolSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Pool::~Pool() = default;

Result<Lease> Pool::acquire(Deadline deadline) {
  auto connection = impl_->acquire(deadline);
  if (!connection) return connection.error();
  return Lease(this, std::move(*connection));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  impl_->give_back(std::move(connection));
}

PoolStats Pool::stats() const { return impl_->stats(); }
const ConnectSettings& Pool::connect_settings() const { return impl_->settings().connect; }
void Pool::close() { impl_->close(); }

Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}

Lease::Lease(Lease&& other) noexcept = default;

Lease& Lease::operator=(Lease&& other) noexcept {
  give_back();
  pool_ = other.pool_;
  connection_ = std::move(other.connection_);
  return *this;
}

Lease::~Lease() { give_back(); }

void Lease::give_back() {
  if (connection_) pool_->give_back(std::move(connection_));
}

}  // namespace everbit::store

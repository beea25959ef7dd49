#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "events/event.h"
#include "everbit/ext/event_bus.h"

namespace everbit::events {

struct SubscribeOptions {
  std::string stream;
  std::string group;
  bool ordered = true;
  int prefetch = 64;
  std::chrono::milliseconds lease{30000};
  std::chrono::milliseconds backoff_base{500};
  std::chrono::milliseconds backoff_cap{60000};
};

// One group's view of one stream of a bus. Closed when destroyed, which gives back what it holds.
// fetch: one thread at a time; all else any thread. Errors carry the status' number as BUS_<n>, and
// those a caller must tell apart as BUS_LOST_LEASE, BUS_CLOSED, BUS_DUPLICATE, BUS_NOT_FOUND,
// BUS_UNSUPPORTED, BUS_IO.
class Subscription {
 public:
  Subscription(const eb_event_bus_v1& table, std::uint64_t handle)
      : table_(&table), handle_(handle) {}
  Subscription(Subscription&& other) noexcept
      : table_(other.table_), handle_(std::exchange(other.handle_, 0)) {}
  Subscription& operator=(Subscription&&) = delete;
  ~Subscription() { close(); }

  // Waits until something came, at most so long; `take` is called on this thread and must not call
  // the bus.
  Result<void> fetch(std::uint32_t max, std::chrono::milliseconds wait,
                     const std::function<void(Delivery&&)>& take);
  // A waiting fetch returns now.
  void interrupt();
  // In the caller's transaction: BUS_LOST_LEASE means that it must be rolled back. With null on a
  // connection of the bus; each settlement then has its own result.
  Result<void> settle(const eb_tx* tx, std::span<Settlement> settlements);
  // Renews the lease of what is held; BUS_LOST_LEASE if some of it is gone.
  Result<void> extend(std::span<const Delivery* const> held, std::chrono::milliseconds lease);
  void close();

 private:
  const eb_event_bus_v1* table_;
  std::uint64_t handle_;
};

// Any bus plugin, in C++. Closed when destroyed; its subscriptions must be gone by then. Any
// thread.
class Bus {
 public:
  using Config = std::vector<std::pair<std::string, std::string>>;
  // [ctl] Call it inside Instance::call_anywhere, so that the plugin's text is caught.
  static Result<Bus> open(const eb_event_bus_v1& table, void* self_plug, const Config& config);
  Bus(Bus&& other) noexcept : table_(other.table_), handle_(std::exchange(other.handle_, 0)) {}
  Bus& operator=(Bus&&) = delete;
  ~Bus();

  // In the open transaction; after any failure that transaction is lost.
  Result<void> publish(const eb_tx& tx, std::span<const Event> events);
  // After the COMMIT: wakes those who wait for these streams.
  void committed(std::span<const std::string> streams);
  Result<Subscription> subscribe(const SubscribeOptions& options);
  Result<std::vector<Delivery>> dead(const std::string& stream, const std::string& group,
                                     std::uint64_t after, std::uint32_t max);
  Result<void> requeue_dead(const std::string& group, std::span<const Uuid> ids);
  Result<std::uint64_t> lag(const std::string& stream, const std::string& group);
  using Labels = std::vector<std::pair<std::string, std::string>>;
  Result<void> stats(
      const std::function<void(std::string_view name, const Labels& labels, double value)>& take);

 private:
  Bus(const eb_event_bus_v1& table, std::uint64_t handle) : table_(&table), handle_(handle) {}
  const eb_event_bus_v1* table_;
  std::uint64_t handle_;
};

}  // namespace everbit::events

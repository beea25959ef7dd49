#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "bus-postgres/pool.h"
#include "bus-postgres/signal.h"
#include "bus-postgres/values.h"

namespace everbit::bus_postgres {

// The one stream whose verdicts must outlive a crash of the machine, and whose dead are never
// requeued: each of its events may place an order.
inline constexpr std::string_view kTradeCommand = "everbit.trade.command";

// A row of outbox_group: who reads what, and by which lanes.
struct Group {
  std::string stream;
  std::string name;
  bool ordered = true;
  std::int32_t first_lane = 0;
  std::int32_t lanes = 1;
  std::int32_t last_lane() const { return first_lane + lanes - 1; }
};

struct SubscriptionOptions {
  Group group;
  std::uint32_t prefetch = 64;
  std::chrono::milliseconds lease{30000};
  std::chrono::milliseconds backoff_base{500};
  std::chrono::milliseconds backoff_cap{60000};
};

// What the subscriptions of a bus share.
struct Shared {
  Shared(const eb_host& host_in, const std::string& url, const std::string& instance,
         std::size_t connections)
      : host(host_in),
        relaxed(url, false, connections),
        durable(url, true, 1),
        signal(url, instance) {}

  const eb_host& host;
  // Losing the newest claims, renewals and verdicts in a crash of the machine costs a redelivery.
  Pool relaxed;
  Pool durable;
  Signal signal;
  std::atomic<std::uint64_t> lost_leases{0};
  std::atomic<std::uint64_t> settled{0};
  std::atomic<std::uint64_t> fetches{0};
  std::atomic<std::uint64_t> fetch_nanoseconds{0};
};

// One group's view of one stream. fetch is called by one thread at a time, everything else by any
// thread beside it. Each call is bounded by its arguments and by kStatementLimit.
class Subscription {
 public:
  Subscription(Shared& shared, SubscriptionOptions options);
  virtual ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  eb_status fetch(std::uint32_t max, std::chrono::milliseconds wait, const eb_delivery_sink& sink);
  void interrupt();
  // Gives back what is held. Later calls are refused with EB_ERR_CLOSED.
  void close();
  bool closed() const { return closed_; }

  virtual eb_status settle(const eb_tx* tx, const Strided<eb_settle>& settles) = 0;
  virtual eb_status extend(const Strided<const eb_settle>& held,
                           std::chrono::milliseconds lease) = 0;
  // Whether this process is sure to see every event of the group at once.
  virtual bool covers_group() const = 0;
  const Group& group() const { return options_.group; }

 protected:
  // One look for work, without waiting. `delivered` counts what went to the sink.
  virtual eb_status pull(std::uint32_t max, bool woken, const eb_delivery_sink& sink,
                         std::uint32_t* delivered) = 0;
  // When looking again is worth it even if nobody calls; the poll interval bounds it anyway.
  virtual SteadyTime next_look() const = 0;
  virtual void release_all() = 0;

  Pool& settle_pool() { return durable_ ? shared_.durable : shared_.relaxed; }
  // Moves events that have come due from outbox_delayed into the queue; true if there were any.
  eb_status promote_due(Connection& connection, bool* any);
  SteadyTime next_due() const { return next_due_; }
  // How long an event rests after its attempt failed: doubling, capped, with 20 % jitter.
  std::chrono::microseconds rest(const eb_settle& settle, std::int32_t attempt) const;

  Shared& shared_;
  const SubscriptionOptions options_;
  Waiter waiter_;

 private:
  const bool durable_;
  std::mutex fetching_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> interrupted_{false};
  SteadyTime next_promotion_{};
  SteadyTime next_due_ = SteadyTime::max();
  std::chrono::milliseconds poll_interval_{100};
};

}  // namespace everbit::bus_postgres

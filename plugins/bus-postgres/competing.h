#pragma once

#include <map>

#include "bus-postgres/lane.h"
#include "bus-postgres/subscription.h"

namespace everbit::bus_postgres {

// Unordered delivery, for long jobs that many processes share: each row is claimed by itself with
// SKIP LOCKED, and held by a token until its lease runs out. A claim counts as an attempt, so an
// event that takes its process down is counted. A verdict names the token; no other fence.
class CompetingSubscription final : public Subscription {
 public:
  using Subscription::Subscription;

  eb_status settle(const eb_tx* tx, const Strided<eb_settle>& settles) override;
  eb_status extend(const Strided<const eb_settle>& held, std::chrono::milliseconds lease) override;
  // One process is enough to see an event; others come to help when they poll.
  bool covers_group() const override { return true; }

 protected:
  eb_status pull(std::uint32_t max, bool woken, const eb_delivery_sink& sink,
                 std::uint32_t* delivered) override;
  SteadyTime next_look() const override { return next_due(); }
  void release_all() override;

 private:
  struct Claim {
    std::int32_t lane;
    std::int64_t id;
    std::int32_t attempt;
    SteadyTime lease_until;
  };
  eb_status claim(Connection& connection, std::uint32_t max, const eb_delivery_sink& sink,
                  std::uint32_t* claimed);
  eb_status settle_each(Executor& executor, const Strided<eb_settle>& settles, bool stop_at_lost);
  eb_status settle_done(Connection& connection, const Strided<eb_settle>& settles,
                        std::vector<bool>* settled);
  void take_result(eb_settle& settle, eb_status status, bool applied);

  std::mutex mutex_;                     // what follows
  std::map<std::uint64_t, Claim> held_;  // by token

  // Of the fetching thread. The claim goes on where the last one ended, so that it does not pass
  // the rows in work again each time, and no lane starves.
  std::int32_t last_lane_ = 0;
  std::int64_t last_id_ = 0;
  SteadyTime restart_at_{};
};

}  // namespace everbit::bus_postgres

#pragma once

#include <map>
#include <optional>

#include "bus-postgres/lane.h"
#include "bus-postgres/subscription.h"

namespace everbit::bus_postgres {

// Ordered delivery by lanes: a lane is held by lease, its rows are read without a lock or a write
// for each, and a verdict counts only while the lane's epoch is still the one it was delivered
// under. Within the process a delivery's token says the same of the single hand-over.
//
// Never hands over a row while an earlier row of its key rests after a failure or was given back.
class OrderedSubscription final : public Subscription {
 public:
  using Subscription::Subscription;

  eb_status settle(const eb_tx* tx, const Strided<eb_settle>& settles) override;
  eb_status extend(const Strided<const eb_settle>& held, std::chrono::milliseconds lease) override;
  bool covers_group() const override;

 protected:
  eb_status pull(std::uint32_t max, bool woken, const eb_delivery_sink& sink,
                 std::uint32_t* delivered) override;
  SteadyTime next_look() const override;
  void release_all() override;

 private:
  // ordered.cpp: lanes come and go
  eb_status keep_lanes(Connection& connection);
  eb_status claim(Connection& connection);
  eb_status renew(Connection& connection, std::chrono::milliseconds lease);
  std::vector<Renewal> renewals() const;
  std::uint32_t room(std::uint32_t max) const;
  void forget_lane(std::map<std::int32_t, Lane>::iterator lane);

  // ordered_scan.cpp: rows are read
  struct Pass;
  // Verdicts committed before the scan cannot be seen by it, so they can be forgotten.
  void begin_scan();
  eb_status scan_forward(Connection& connection, std::uint32_t max, const eb_delivery_sink& sink,
                         std::uint32_t* delivered);
  eb_status rescan(Connection& connection, std::uint32_t max, const eb_delivery_sink& sink,
                   std::uint32_t* delivered);
  eb_status read_behind(Connection& connection, Pass* pass);
  eb_status resolve_unsure(Connection& connection, Pass* pass);
  void choose(Pass* pass, std::uint32_t max);
  void end_pass(const Pass& pass);
  eb_status deliver_chosen(Connection& connection, Pass* pass, const eb_delivery_sink& sink,
                           std::uint32_t* delivered);
  eb_status save_first_delivery(Connection& connection, const Rows& rows);
  eb_status hand_over(Lane& lane, const Rows& rows, int row, const eb_delivery_sink& sink);

  // ordered_settle.cpp: verdicts
  Held* find(const eb_settle& settle);
  void leave_flight(Held& entry, HeldState state);
  eb_status settle_in(const eb_tx& tx, const Strided<eb_settle>& settles);
  eb_status settle_done(Connection& connection, const std::vector<eb_settle*>& done);
  void settle_failed(Executor& executor, eb_settle& settle, HeldState stored);
  void release(eb_settle& settle);
  void after_verdict(eb_settle& settle, eb_status status, bool applied);
  void store(const eb_settle& settle, HeldState state);

  mutable std::mutex mutex_;  // what follows
  std::map<std::int32_t, Lane> lanes_;
  std::uint64_t scan_ = 0;  // number of the newest scan
  std::uint64_t next_token_ = 1;
  std::uint32_t in_flight_ = 0;
  std::vector<std::pair<std::int32_t, std::int64_t>> gone_;
  SteadyTime rescan_at_{};
  SteadyTime next_renewal_{};
  bool wants_room_ = false;  // rows behind the cursors wait only because too many are in flight

  // of the fetching thread
  SteadyTime next_claim_{};
  std::chrono::nanoseconds rescan_cost_{0};
  std::int32_t first_in_turn_ = 0;
};

}  // namespace everbit::bus_postgres

#include "bus-postgres/ordered.h"

#include <algorithm>

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

// How often a process that lacks lanes of its group asks for them.
constexpr auto kClaimInterval = 500ms;

}  // namespace

eb_status OrderedSubscription::pull(std::uint32_t max, bool woken, const eb_delivery_sink& sink,
                                    std::uint32_t* delivered) {
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_.relaxed.take(&status);
  if (!connection) return status;
  status = keep_lanes(*connection);
  if (status != EB_OK) return status;
  bool promoted = false;
  status = promote_due(*connection, &promoted);
  if (status != EB_OK) return status;

  bool rescan_due = promoted;
  {
    const std::lock_guard lock(mutex_);
    if (lanes_.empty()) return EB_OK;
    const SteadyTime now = std::chrono::steady_clock::now();
    rescan_due = rescan_due || now >= rescan_at_ || (wants_room_ && room(max) > 0);
    begin_scan();
  }
  // What lies behind the cursors is older, so it goes first.
  if (rescan_due) {
    status = rescan(*connection, max, sink, delivered);
    if (status != EB_OK) return status;
  }
  const std::uint32_t before = *delivered;
  status = scan_forward(*connection, max, sink, delivered);
  if (status == EB_OK && *delivered == before && woken && !rescan_due) {
    status = rescan(*connection, max, sink, delivered);
  }
  return status;
}

SteadyTime OrderedSubscription::next_look() const {
  const std::lock_guard lock(mutex_);
  SteadyTime next = std::min(next_due(), next_renewal_);
  for (const auto& [number, lane] : lanes_) {
    for (const auto& [key, entry] : lane.blocked) next = std::min(next, entry.due);
  }
  return next;
}

bool OrderedSubscription::covers_group() const {
  const std::lock_guard lock(mutex_);
  return lanes_.size() == static_cast<std::size_t>(options_.group.lanes);
}

std::uint32_t OrderedSubscription::room(std::uint32_t max) const {
  return std::min(max, options_.prefetch - std::min(options_.prefetch, in_flight_));
}

void OrderedSubscription::forget_lane(std::map<std::int32_t, Lane>::iterator lane) {
  for (const auto& [id, entry] : lane->second.held) {
    if (entry.state == HeldState::kInFlight) --in_flight_;
  }
  lanes_.erase(lane);
}

eb_status OrderedSubscription::keep_lanes(Connection& connection) {
  const SteadyTime now = std::chrono::steady_clock::now();
  bool complete = false;
  bool renewal_due = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto lane = lanes_.begin(); lane != lanes_.end();) {
      const auto current = lane++;
      // Past its lease a lane may have a new owner; its rows are no longer ours to hand over.
      if (current->second.lease_until <= now) forget_lane(current);
    }
    complete = lanes_.size() == static_cast<std::size_t>(options_.group.lanes);
    renewal_due = now >= next_renewal_;
    if (renewal_due) next_renewal_ = now + options_.lease / 3;
  }
  if (renewal_due) {
    const eb_status status = renew(connection, options_.lease);
    if (status != EB_OK) return status;
  }
  if (complete || now < next_claim_) return EB_OK;
  next_claim_ = now + kClaimInterval;
  return claim(connection);
}

eb_status OrderedSubscription::claim(Connection& connection) {
  const std::string owner = shared_.signal.owner();
  if (owner.empty()) return EB_OK;
  const SteadyTime asked = std::chrono::steady_clock::now();
  std::vector<Claimed> claimed;
  const eb_status status = claim_lanes(connection, options_.group.first_lane,
                                       options_.group.last_lane(), owner, options_.lease, &claimed);
  if (status != EB_OK || claimed.empty()) return status;
  const std::lock_guard lock(mutex_);
  for (const Claimed& item : claimed) {
    const auto old = lanes_.find(item.lane);
    if (old != lanes_.end()) forget_lane(old);
    Lane lane;
    lane.number = item.lane;
    lane.epoch = item.epoch;
    lane.lease_until = asked + options_.lease;
    lanes_.emplace(item.lane, std::move(lane));
  }
  return EB_OK;
}

std::vector<Renewal> OrderedSubscription::renewals() const {
  std::vector<Renewal> list;
  for (const auto& [number, lane] : lanes_) {
    list.push_back({number, lane.epoch, lane.inflight_hi()});
  }
  return list;
}

eb_status OrderedSubscription::renew(Connection& connection, std::chrono::milliseconds lease) {
  const std::string owner = shared_.signal.owner();
  std::vector<Renewal> list;
  {
    const std::lock_guard lock(mutex_);
    list = renewals();
  }
  // Without a living name the lanes stay ours by their lease alone, until they are taken.
  if (list.empty() || owner.empty()) return EB_OK;
  const SteadyTime asked = std::chrono::steady_clock::now();
  std::vector<std::int32_t> kept;
  const eb_status status = renew_lanes(connection, owner, lease, list, &kept);
  if (status != EB_OK) return status;
  const std::lock_guard lock(mutex_);
  for (const Renewal& item : list) {
    const auto lane = lanes_.find(item.lane);
    if (lane == lanes_.end() || lane->second.epoch != item.epoch) continue;
    if (std::find(kept.begin(), kept.end(), item.lane) == kept.end()) {
      shared_.lost_leases += 1;
      forget_lane(lane);
    } else {
      lane->second.lease_until = asked + lease;
    }
  }
  return EB_OK;
}

eb_status OrderedSubscription::extend(const Strided<const eb_settle>& held,
                                      std::chrono::milliseconds lease) {
  if (closed()) return EB_ERR_CLOSED;
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_.relaxed.take(&status);
  if (!connection) return status;
  status = renew(*connection, lease);
  if (status != EB_OK) return status;
  const std::lock_guard lock(mutex_);
  for (std::uint32_t i = 0; i < held.size(); ++i) {
    const auto lane = lanes_.find(held[i].lane);
    if (lane == lanes_.end() || lane->second.epoch != held[i].epoch) return EB_ERR_LOST_LEASE;
  }
  return EB_OK;
}

void OrderedSubscription::release_all() {
  std::vector<Renewal> list;
  {
    const std::lock_guard lock(mutex_);
    list = renewals();
    lanes_.clear();
    in_flight_ = 0;
  }
  if (list.empty()) return;
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_.relaxed.take(&status);
  // If it fails, the lease runs out by itself.
  if (connection) free_lanes(*connection, list);
}

}  // namespace everbit::bus_postgres

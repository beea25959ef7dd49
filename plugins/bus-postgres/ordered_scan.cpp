#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "bus-postgres/delivery.h"
#include "bus-postgres/ordered.h"

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

// A row with a lower number than one already seen may become visible at any time, because its
// transaction committed late. So what lies behind the cursors is read again and again, though never
// for more than a tenth of the time.
constexpr auto kRescanInterval = 100ms;
constexpr int kRescanShare = 10;
// Rows behind the cursors wait for a key that rests; beyond so many the oldest are looked at first.
constexpr std::int64_t kRescanRows = 50'000;

#define EB_WAIT "ceil(extract(epoch FROM q.ready_at - now()) * 1000000)::bigint"

// The log is read row by row by its key: OFFSET 0 keeps the planner from any other join.
#define EB_LOG \
  "CROSS JOIN LATERAL (SELECT * FROM outbox_event o WHERE o.event_id = q.event_id OFFSET 0) e "

constexpr Statement kForward{50,
                             "WITH q AS MATERIALIZED ("
                             "  SELECT r.*, l.turn FROM unnest($1::int[], $2::bigint[])"
                             "    WITH ORDINALITY AS l(lane, after, turn)"
                             "  CROSS JOIN LATERAL (SELECT * FROM outbox_queue t"
                             "    WHERE t.lane = l.lane AND t.id > l.after"
                             "      AND t.id <> ALL ($4::bigint[])"
                             "    ORDER BY t.id LIMIT $3::bigint) r"
                             "  ORDER BY l.turn, r.id LIMIT $3::bigint) "
                             "SELECT " EB_DELIVERY_COLUMNS ", " EB_WAIT
                             ","
                             "  pg_snapshot_xmin(pg_current_snapshot()),"
                             "  pg_snapshot_xmax(pg_current_snapshot()) FROM q " EB_LOG
                             "ORDER BY q.turn, q.id"};

constexpr Statement kBehind{51, "SELECT q.lane, q.id, q.key_hash, " EB_WAIT
                                " FROM unnest($1::int[], $2::bigint[]) AS l(lane, upto)"
                                " CROSS JOIN LATERAL (SELECT * FROM outbox_queue t"
                                "   WHERE t.lane = l.lane AND t.id <= l.upto ORDER BY t.id) q"
                                " ORDER BY q.lane, q.id LIMIT $3::bigint"};

// A verdict's transaction holds its row's lock until it ends: a row that can be locked has none.
constexpr Statement kUnlocked{52,
                              "SELECT q.lane, q.id FROM outbox_queue q"
                              " WHERE (q.lane, q.id) IN"
                              "   (SELECT * FROM unnest($1::int[], $2::bigint[]))"
                              " FOR UPDATE SKIP LOCKED"};

constexpr Statement kRows{53,
                          "WITH q AS MATERIALIZED (SELECT t.* FROM"
                          "   unnest($1::int[], $2::bigint[]) AS x(lane, id)"
                          "   JOIN outbox_queue t ON t.lane = x.lane AND t.id = x.id) "
                          "SELECT " EB_DELIVERY_COLUMNS " FROM q " EB_LOG "ORDER BY q.lane, q.id"};

#undef EB_WAIT
#undef EB_LOG

std::array<eb_value, 2> pairs(ArrayText& lanes, ArrayText& ids) {
  return {lanes.value(), ids.value()};
}

}  // namespace

// One look at what lies behind the cursors.
struct OrderedSubscription::Pass {
  struct Row {
    std::int32_t lane;
    std::int64_t id;
    std::int32_t key_hash;
    std::chrono::microseconds wait;
  };
  using Where = std::pair<std::int32_t, std::int64_t>;
  std::uint64_t number = 0;
  bool complete = true;
  std::map<std::int32_t, std::uint64_t> epochs;
  std::vector<Row> rows;
  std::set<Where> seen_unsure;
  std::set<Where> unlocked;
  std::vector<Row> chosen;
  bool wants_room = false;
  std::map<std::int32_t, std::unordered_map<std::int32_t, Blocked>> blocked;
};

void OrderedSubscription::begin_scan() {
  ++scan_;
  for (const auto& [number, id] : gone_) {
    const auto lane = lanes_.find(number);
    if (lane == lanes_.end()) continue;
    const auto entry = lane->second.held.find(id);
    if (entry != lane->second.held.end() && entry->second.state == HeldState::kGone) {
      lane->second.held.erase(entry);
    }
  }
  gone_.clear();
}

eb_status OrderedSubscription::scan_forward(Connection& connection, std::uint32_t max,
                                            const eb_delivery_sink& sink,
                                            std::uint32_t* delivered) {
  ArrayText numbers;
  ArrayText starts;
  ArrayText held;
  std::uint32_t limit = 0;
  {
    const std::lock_guard lock(mutex_);
    limit = room(max - *delivered);
    // Each scan begins with another lane, so that a full one cannot starve the rest.
    auto lane = lanes_.upper_bound(first_in_turn_);
    for (std::size_t i = 0; i < lanes_.size(); ++i, ++lane) {
      if (lane == lanes_.end()) lane = lanes_.begin();
      if (i == 0) first_in_turn_ = lane->first;
      numbers.add(static_cast<std::int64_t>(lane->first));
      starts.add(lane->second.settled);
      for (const auto& [id, entry] : lane->second.held) {
        if (id > lane->second.settled) held.add(id);
      }
    }
  }
  if (limit == 0) return EB_OK;
  const std::array values{numbers.value(), starts.value(), int_value(limit), held.value()};
  Rows rows;
  eb_status status = connection.query(kForward, values, &rows);
  if (status == EB_OK) status = save_first_delivery(connection, rows);
  if (status != EB_OK) return status;

  const std::lock_guard lock(mutex_);
  const SteadyTime now = std::chrono::steady_clock::now();
  std::map<std::int32_t, std::int64_t> seen;
  for (int row = 0; row < rows.size(); ++row) {
    const Place place = place_of(rows, row);
    const auto found = lanes_.find(place.lane);
    if (found == lanes_.end() || found->second.held.contains(place.id)) continue;
    Lane& lane = found->second;
    const std::chrono::microseconds wait(rows.integer(row, kDeliveryColumns));
    if (wait.count() > 0) lane.block(place.key_hash, now + wait, scan_);
    if (!lane.blocked.contains(place.key_hash)) {
      status = hand_over(lane, rows, row, sink);
      if (status != EB_OK) return status;
      *delivered += 1;
    }
    lane.cursor = std::max(lane.cursor, place.id);
    seen[place.lane] = place.id;
  }
  if (rows.size() == 0) return EB_OK;
  const std::int64_t oldest_running = rows.integer(0, kDeliveryColumns + 1);
  const std::int64_t next_transaction = rows.integer(0, kDeliveryColumns + 2);
  const bool all = rows.size() < static_cast<int>(limit);
  for (auto& [number, lane] : lanes_) {
    const std::int64_t up_to = all ? std::numeric_limits<std::int64_t>::max() : seen[number];
    lane.settle_up_to(up_to, oldest_running, next_transaction);
  }
  return EB_OK;
}

eb_status OrderedSubscription::save_first_delivery(Connection& connection, const Rows& rows) {
  std::vector<Renewal> list;
  {
    const std::lock_guard lock(mutex_);
    for (int row = 0; row < rows.size(); ++row) {
      const Place place = place_of(rows, row);
      const auto lane = lanes_.find(place.lane);
      if (lane == lanes_.end() || lane->second.inflight_saved) continue;
      if (list.empty() || list.back().lane != place.lane) {
        list.push_back({place.lane, lane->second.epoch, place.id});
      }
      list.back().inflight_hi = place.id;
    }
  }
  const std::string owner = shared_.signal.owner();
  if (list.empty()) return EB_OK;
  if (owner.empty()) return EB_ERR_IO;
  std::vector<std::int32_t> kept;
  const eb_status status = renew_lanes(connection, owner, options_.lease, list, &kept);
  if (status != EB_OK) return status;
  const std::lock_guard lock(mutex_);
  for (const Renewal& item : list) {
    const auto lane = lanes_.find(item.lane);
    if (lane == lanes_.end() || lane->second.epoch != item.epoch) continue;
    if (std::find(kept.begin(), kept.end(), item.lane) == kept.end()) {
      shared_.lost_leases += 1;
      forget_lane(lane);
    } else {
      lane->second.inflight_saved = true;
    }
  }
  return EB_OK;
}

eb_status OrderedSubscription::hand_over(Lane& lane, const Rows& rows, int row,
                                         const eb_delivery_sink& sink) {
  const Place place = place_of(rows, row);
  eb_delivery delivery = delivery_of(rows, row);
  delivery.token = next_token_;
  delivery.epoch = lane.epoch;
  delivery.attempt = place.attempts + 1;
  const auto left = lane.lease_until - std::chrono::steady_clock::now();
  delivery.lease_until = shared_.host.now(shared_.host.ctx_host) + left.count();
  const eb_status status = sink.delivery(sink.ctx_host, &delivery);
  if (status != EB_OK) return status;
  lane.held[place.id] = Held{next_token_, place.key_hash, delivery.attempt};
  ++next_token_;
  ++in_flight_;
  return EB_OK;
}

eb_status OrderedSubscription::rescan(Connection& connection, std::uint32_t max,
                                      const eb_delivery_sink& sink, std::uint32_t* delivered) {
  const SteadyTime started = std::chrono::steady_clock::now();
  Pass pass;
  eb_status status = read_behind(connection, &pass);
  if (status == EB_OK) status = resolve_unsure(connection, &pass);
  if (status != EB_OK) return status;
  choose(&pass, max - *delivered);
  status = deliver_chosen(connection, &pass, sink, delivered);
  if (status != EB_OK) return status;
  end_pass(pass);
  const SteadyTime now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  rescan_at_ =
      now + std::max<std::chrono::nanoseconds>(kRescanInterval, kRescanShare * (now - started));
  for (const auto& [number, lane] : lanes_) {
    for (const auto& [key, entry] : lane.blocked) {
      rescan_at_ = std::min(rescan_at_, std::max(entry.due, now));
    }
  }
  return EB_OK;
}

eb_status OrderedSubscription::read_behind(Connection& connection, Pass* pass) {
  ArrayText numbers;
  ArrayText cursors;
  {
    const std::lock_guard lock(mutex_);
    pass->number = scan_;
    for (const auto& [number, lane] : lanes_) {
      pass->epochs.emplace(number, lane.epoch);
      numbers.add(static_cast<std::int64_t>(number));
      cursors.add(lane.cursor);
    }
  }
  const std::array values{numbers.value(), cursors.value(), int_value(kRescanRows)};
  Rows rows;
  const eb_status status = connection.query(kBehind, values, &rows);
  if (status != EB_OK) return status;
  pass->complete = rows.size() < kRescanRows;
  for (int row = 0; row < rows.size(); ++row) {
    pass->rows.push_back({static_cast<std::int32_t>(rows.integer(row, 0)), rows.integer(row, 1),
                          static_cast<std::int32_t>(rows.integer(row, 2)),
                          std::chrono::microseconds(rows.integer(row, 3))});
  }
  return EB_OK;
}

eb_status OrderedSubscription::resolve_unsure(Connection& connection, Pass* pass) {
  ArrayText numbers;
  ArrayText ids;
  {
    const std::lock_guard lock(mutex_);
    for (const Pass::Row& row : pass->rows) {
      const auto lane = lanes_.find(row.lane);
      if (lane == lanes_.end()) continue;
      const auto entry = lane->second.held.find(row.id);
      if (entry == lane->second.held.end() || entry->second.state != HeldState::kUnsure) continue;
      pass->seen_unsure.emplace(row.lane, row.id);
      if (entry->second.unsure_since >= pass->number) continue;
      numbers.add(static_cast<std::int64_t>(row.lane));
      ids.add(row.id);
    }
  }
  if (pass->seen_unsure.empty()) return EB_OK;
  Rows rows;
  const eb_status status = connection.query(kUnlocked, pairs(numbers, ids), &rows);
  for (int row = 0; row < rows.size(); ++row) {
    pass->unlocked.emplace(static_cast<std::int32_t>(rows.integer(row, 0)), rows.integer(row, 1));
  }
  return status;
}

void OrderedSubscription::choose(Pass* pass, std::uint32_t max) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = std::chrono::steady_clock::now();
  const std::uint32_t limit = room(max);
  for (const Pass::Row& row : pass->rows) {
    const auto found = lanes_.find(row.lane);
    if (found == lanes_.end() || found->second.epoch != pass->epochs[row.lane]) continue;
    Lane& lane = found->second;
    auto& blocked = pass->blocked[row.lane];
    const auto entry = lane.held.find(row.id);
    if (entry != lane.held.end()) {
      const bool ended =
          entry->second.state == HeldState::kUnsure && pass->unlocked.contains({row.lane, row.id});
      if (entry->second.rests && !ended) {
        blocked[row.key_hash] = {now + kRescanInterval, pass->number};
      }
      if (!ended) continue;
      lane.held.erase(entry);
    }
    if (blocked.contains(row.key_hash)) continue;
    const auto fresh = lane.blocked.find(row.key_hash);
    if (fresh != lane.blocked.end() && fresh->second.since >= pass->number) continue;
    if (row.wait.count() > 0) {
      blocked[row.key_hash] = {now + row.wait, pass->number};
    } else if (pass->chosen.size() >= limit) {
      pass->wants_room = true;
      blocked[row.key_hash] = {now + kRescanInterval, pass->number};
    } else {
      pass->chosen.push_back(row);
    }
  }
}

eb_status OrderedSubscription::deliver_chosen(Connection& connection, Pass* pass,
                                              const eb_delivery_sink& sink,
                                              std::uint32_t* delivered) {
  if (pass->chosen.empty()) return EB_OK;
  ArrayText numbers;
  ArrayText ids;
  for (const Pass::Row& row : pass->chosen) {
    numbers.add(static_cast<std::int64_t>(row.lane));
    ids.add(row.id);
  }
  Rows rows;
  eb_status status = connection.query(kRows, pairs(numbers, ids), &rows);
  if (status != EB_OK) return status;
  const std::lock_guard lock(mutex_);
  for (int row = 0; row < rows.size(); ++row) {
    const Place place = place_of(rows, row);
    const auto lane = lanes_.find(place.lane);
    if (lane == lanes_.end() || lane->second.epoch != pass->epochs[place.lane]) continue;
    const auto fresh = lane->second.blocked.find(place.key_hash);
    if (fresh != lane->second.blocked.end() && fresh->second.since >= pass->number) continue;
    status = hand_over(lane->second, rows, row, sink);
    if (status != EB_OK) return status;
    *delivered += 1;
  }
  return EB_OK;
}

void OrderedSubscription::end_pass(const Pass& pass) {
  const std::lock_guard lock(mutex_);
  wants_room_ = pass.wants_room;
  for (const auto& [number, epoch] : pass.epochs) {
    const auto found = lanes_.find(number);
    if (found == lanes_.end() || found->second.epoch != epoch) continue;
    Lane& lane = found->second;
    if (pass.complete) {
      std::erase_if(lane.blocked,
                    [&](const auto& item) { return item.second.since < pass.number; });
      // A verdict whose row is not there any more was committed.
      std::erase_if(lane.held, [&](const auto& item) {
        return item.second.state == HeldState::kUnsure && item.second.unsure_since < pass.number &&
               !pass.seen_unsure.contains({number, item.first});
      });
    }
    const auto waiting = pass.blocked.find(number);
    if (waiting == pass.blocked.end()) continue;
    for (const auto& [key, entry] : waiting->second) lane.blocked.try_emplace(key, entry);
  }
}

}  // namespace everbit::bus_postgres

#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "bus-postgres/connection.h"

namespace everbit::bus_postgres {

// A row that was handed over and is not known to be gone from the queue.
enum class HeldState : std::uint8_t {
  kInFlight,  // the host works on it
  kUnsure,    // its verdict went into a transaction whose end we cannot see
  kGone,      // its verdict is committed; forgotten when the next scan begins
};

struct Held {
  std::uint64_t token = 0;
  std::int32_t key_hash = 0;
  std::int32_t attempt = 1;
  HeldState state = HeldState::kInFlight;
  std::uint64_t unsure_since = 0;  // number of the scan in whose time the verdict was written
  bool rests = false;              // unsure, and later rows of the key must wait for the answer
};

struct Blocked {
  SteadyTime due;       // when to look at the key again
  std::uint64_t since;  // number of the scan in whose time it was blocked
};

// What this process knows of a lane that it holds. No lock of its own.
struct Lane {
  std::int32_t number = 0;
  std::uint64_t epoch = 0;
  SteadyTime lease_until{};
  std::int64_t cursor = 0;  // rows up to here have been looked at
  // Up to here no row can appear any more. Between this and the cursor one may, because its
  // transaction commits late; every scan begins here, or a later row of the late one's key could
  // overtake it. It follows the cursor once all transactions are over that ran when the cursor's
  // scan was made: those below settled_when.
  std::int64_t settled = 0;
  std::int64_t settled_next = 0;
  std::int64_t settled_when = 0;  // 0: nothing is waited for
  bool inflight_saved = false;    // outbox_lane.inflight_hi covers a first delivery
  std::unordered_map<std::int64_t, Held> held;
  // Keys with an undelivered row at or below the cursor: their later rows wait, other keys go on.
  std::unordered_map<std::int32_t, Blocked> blocked;

  // Keeps the later time of an older block.
  void block(std::int32_t key, SteadyTime due, std::uint64_t scan) {
    Blocked& entry = blocked.try_emplace(key, Blocked{due, scan}).first->second;
    if (entry.due < due) entry.due = due;
    entry.since = scan;
  }

  // After a scan that has seen every row up to `seen`, in a snapshot of [oldest running, next).
  void settle_up_to(std::int64_t seen, std::int64_t oldest_running, std::int64_t next_transaction) {
    if (settled_when != 0 && oldest_running >= settled_when && seen >= settled_next) {
      settled = settled_next;
      settled_when = 0;
    }
    if (settled_when == 0 && cursor > settled) {
      settled_next = cursor;
      settled_when = next_transaction;
    }
  }

  std::int64_t inflight_hi() const {
    std::int64_t highest = 0;
    for (const auto& [id, entry] : held) {
      if (entry.state != HeldState::kGone && id > highest) highest = id;
    }
    return highest;
  }
};

// What the database says of lanes. Each call is one statement.
struct Claimed {
  std::int32_t lane;
  std::uint64_t epoch;
};

struct Renewal {
  std::int32_t lane;
  std::uint64_t epoch;
  std::int64_t inflight_hi;
};

// Takes the lanes of [first, last] that are free: never owned, given back, lease over, or owned by
// one whose advisory lock is free. Rows that the last owner may have begun count one attempt more.
eb_status claim_lanes(Connection& connection, std::int32_t first, std::int32_t last,
                      std::string_view owner, std::chrono::milliseconds lease,
                      std::vector<Claimed>* claimed);

// Renews by epoch; `kept` are the lanes that are still ours.
eb_status renew_lanes(Connection& connection, std::string_view owner,
                      std::chrono::milliseconds lease, const std::vector<Renewal>& renewals,
                      std::vector<std::int32_t>* kept);

// Gives lanes back, so that another process need not wait for their lease.
eb_status free_lanes(Connection& connection, const std::vector<Renewal>& lanes);

}  // namespace everbit::bus_postgres

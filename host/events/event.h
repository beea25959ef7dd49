#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/timestamp.h"
#include "base/uuid.h"

namespace everbit::events {

// What is published: one event of a stream. `payload` is the whole envelope (envelope.h).
struct Event {
  Uuid id;
  std::string stream;
  std::string type;
  std::string aggregate_type;
  std::string key;
  std::string payload;
  std::int64_t aggregate_id = 0;        // 0: none
  std::optional<Timestamp> not_before;  // none: at once
  int max_attempts = 0;                 // 0: the bus's default
};

// An event handed over, and how to name it in a verdict.
struct Delivery {
  Event event;
  std::uint64_t seq = 0;
  std::uint64_t token = 0;
  std::uint64_t epoch = 0;
  std::int32_t lane = 0;
  int attempt = 1;
  Timestamp published;
  Timestamp lease_until;
  std::string error_code;  // of a dead event
  std::string error_message;

  // It took its process down once too often: it must not be handled again.
  bool exhausted() const { return event.max_attempts > 0 && attempt > event.max_attempts; }
  bool last_attempt() const { return event.max_attempts > 0 && attempt >= event.max_attempts; }
};

enum class Outcome { kDone, kRetry, kDead, kRelease };
enum class SettleResult { kSettled, kLostLease, kFailed };

struct Settlement {
  const Delivery* delivery = nullptr;
  Outcome outcome = Outcome::kDone;
  std::optional<Timestamp> retry_at;  // none: by the subscription's backoff
  std::string code;
  std::string message;
  SettleResult result = SettleResult::kFailed;  // out
};

}  // namespace everbit::events

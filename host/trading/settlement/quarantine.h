#pragma once

#include <chrono>

#include "base/timestamp.h"

namespace everbit::trading {

// How long an attempt whose order nobody finds may not be called absent: 2 minutes after it was
// sent, and until 5 look-ups answered 404 order_not_found. Every other answer proves nothing and
// counts for nothing.
struct Quarantine {
  static constexpr std::chrono::minutes kTime{2};
  static constexpr int kLookups = 5;

  Timestamp until;  // of the time alone
  int lookups = 0;  // made so far
  bool over = false;
};

inline Quarantine quarantine_of(Timestamp sent_at, int lookups_not_found, Timestamp now) {
  const Timestamp until = sent_at + Quarantine::kTime;
  return {until, lookups_not_found, now >= until && lookups_not_found >= Quarantine::kLookups};
}

}  // namespace everbit::trading

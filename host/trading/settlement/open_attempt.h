#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "store/pool.h"
#include "trading/types.h"

namespace everbit::trading {

// An attempt whose order may exist without our knowing: on the wire, lost, or settled as absent.
struct OpenAttempt {
  Uuid public_id;
  AttemptStatus status = AttemptStatus::kUnknown;  // kSent, kUnknown, or kRejected for the absent
  std::string market;
  std::string identifier;
  std::string sent_token;
  Timestamp sent_at;
  // By the database's clock, which wrote sent_at.
  std::chrono::milliseconds since_sent{0};
  std::chrono::milliseconds since_unknown{0};
  int lookups_not_found = 0;
  bool market_suspended = false;
  std::string trace_id;

  // The process that moved it to SENT; empty if the token does not tell.
  std::optional<Uuid> sender() const;
};

// SENT and UNKNOWN, the oldest first. Read without a lock.
Result<std::vector<OpenAttempt>> find_open_attempts(store::Pool& pool, OwnerId owner, Mode mode,
                                                    Deadline deadline);

// Those settled as absent during the last seven days that were not looked up for an hour.
Result<std::vector<OpenAttempt>> find_absent_attempts(store::Pool& pool, OwnerId owner, Mode mode,
                                                      Deadline deadline);

}  // namespace everbit::trading

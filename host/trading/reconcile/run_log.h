#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/uuid.h"
#include "store/pool.h"
#include "trading/types.h"

namespace everbit::trading {

enum class ReconcileScope { kFull, kOpenOrdersOnly };
enum class ReconcileCause { kStart, kReconnect, kSchedule, kDemand };
enum class ReconcileResult { kDone, kIncomplete };

std::string_view to_string(ReconcileScope scope);

struct ReconcileRun {
  std::int64_t id = 0;
  Uuid public_id;
  ReconcileScope scope = ReconcileScope::kFull;
};

// The table of comparisons with the exchange: who asks for one, from whichever process, leaves a
// row; the trader takes it up. Kept for a week. Any thread; blocks on the database.
class RunLog {
 public:
  RunLog(store::Pool& pool, OwnerId owner) : pool_(pool), owner_(owner) {}

  // The run that will answer: one that waits or goes on already, else a new one. `by` is for the
  // owner ("cli:1000").
  Result<Uuid> request(ReconcileScope scope, const std::string& by);
  // "WAITING", "RUNNING", "DONE", "INCOMPLETE", "ABANDONED"; empty: no such run.
  Result<std::optional<std::string>> state(const Uuid& run);

  // What follows is the trader's.

  // Runs that a process left behind; once, at start.
  Result<void> abandon_old();
  // Takes up the run that waits, if there is one.
  Result<std::optional<ReconcileRun>> take_waiting();
  Result<ReconcileRun> begin(ReconcileScope scope, ReconcileCause cause);
  // `closed_until`: the exchange's closed orders were read up to there.
  Result<void> finish(const ReconcileRun& run, ReconcileResult result, int repaired,
                      std::optional<Timestamp> closed_until);
  // How far an earlier run read the closed orders.
  Result<std::optional<Timestamp>> closed_until();

 private:
  store::Pool& pool_;
  OwnerId owner_;
};

}  // namespace everbit::trading

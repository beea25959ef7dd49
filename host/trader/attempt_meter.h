#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/metrics.h"
#include "base/result.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit {

// Counts the order attempts that reached each status since the process began, whoever moved them:
// by what the rows say, so that nothing counts that was rolled back, and the command line's acts
// count too. One thread; blocks on the database.
class AttemptMeter {
 public:
  AttemptMeter(store::Pool& pool, store::OwnerId owner, Metrics& metrics)
      : pool_(pool), owner_(owner), metrics_(metrics) {}

  // Codes: those of the store; then the next look counts what this one missed.
  Result<void> look(Deadline deadline);

 private:
  using Counts = std::map<std::string, std::int64_t>;

  store::Pool& pool_;
  const store::OwnerId owner_;
  Metrics& metrics_;
  std::optional<Counts> counted_;  // none before the first look
  std::string since_;              // when that was, by the database's clock
};

}  // namespace everbit

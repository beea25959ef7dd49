#pragma once

#include <cstdint>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"

namespace everbit::store {

// Counters that grow with every change of what each process must know. The database bumps them in
// the transaction of the change itself, and notifies the channel "everbit_control" with the
// counter's name.
struct ControlVersions {
  std::int64_t kill_switch = 0;
  std::int64_t settings = 0;    // strategy_config, market_config
  std::int64_t activation = 0;  // strategy_activation

  bool operator==(const ControlVersions&) const = default;
};

// Read every 100 ms; what has moved is read anew. No row read for 1 s counts as OFF (page 10).
Result<ControlVersions> read_control_versions(Pool& pool, Deadline deadline);

}  // namespace everbit::store

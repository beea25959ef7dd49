#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/uuid.h"
#include "plugins/exchange/local_exchange.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::paper {

// Where the state of the simulated exchange is kept: one row a plugin, moved on from revision to
// revision by the trader alone. One thread at a time; blocks.
class AccountRow {
 public:
  AccountRow(store::Pool& pool, store::OwnerId owner, Uuid instance, std::string plugin_id,
             std::string plugin_version)
      : pool_(pool),
        owner_(owner),
        instance_(instance),
        plugin_id_(std::move(plugin_id)),
        plugin_version_(std::move(plugin_version)) {}

  // Nothing: a fresh account. Codes: those of the store.
  Result<std::optional<plugins::LocalState>> read(Deadline deadline);
  // The next revision. After an error it may be called again with the same state, also when the
  // COMMIT was undecided. Codes: FENCED (another process has moved the row, or is the trader),
  // those of the store.
  Result<void> write(const plugins::LocalState& state, Deadline deadline);

 private:
  Result<bool> is_stored(std::int64_t revision, Deadline deadline);

  store::Pool& pool_;
  const store::OwnerId owner_;
  const Uuid instance_;
  const std::string plugin_id_;
  const std::string plugin_version_;
  std::int64_t revision_ = 0;
};

}  // namespace everbit::paper

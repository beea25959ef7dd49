#pragma once

#include <cstdint>
#include <span>

#include "everbit/ext/event_bus.h"

namespace everbit::bus_postgres {

// SQL that is prepared once a connection. Ids are unique within the plugin, because the host names
// its own prepared statements by them.
struct Statement {
  std::uint32_t id;
  const char* sql;
};

// Where a statement runs: in a transaction that the host has lent, or on a connection of our own.
class Executor {
 public:
  virtual ~Executor() = default;
  // `affected` is how many rows were written or returned.
  virtual eb_status run(const Statement& statement, std::span<const eb_value> values,
                        std::uint64_t* affected) = 0;
};

// The host's transaction, for the length of one call.
class TxExecutor final : public Executor {
 public:
  explicit TxExecutor(const eb_tx& tx) : tx_(tx) {}
  eb_status run(const Statement& statement, std::span<const eb_value> values,
                std::uint64_t* affected) override;

 private:
  const eb_tx& tx_;
};

}  // namespace everbit::bus_postgres

#pragma once

#include <optional>

#include "base/error.h"
#include "everbit/ext/event_bus.h"
#include "store/transaction.h"

namespace everbit::store {

// An open Transaction lent to a bus plugin as eb_tx. Lives on the stack around one call of
// `publish` or `settle`, on the thread that owns the transaction; does not move. Statements are
// prepared once a connection and told apart by their text, so two plugins may use the same stmt_id.
//
// What exec returns: EB_ERR_DUPLICATE for a row that is there already (a repeated event id),
// EB_ERR_ARGUMENT for a value that cannot be sent, the sink's status if the sink fails,
// EB_ERR_TX_LOST for all else. After any of them the transaction is lost, and error() tells the
// host why.
class BusTransaction {
 public:
  explicit BusTransaction(Transaction& transaction);
  BusTransaction(const BusTransaction&) = delete;
  BusTransaction& operator=(const BusTransaction&) = delete;

  const eb_tx* get() const { return &tx_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  static eb_status exec(void* ctx_host, std::uint32_t stmt_id, eb_str sql, const eb_value* values,
                        std::uint32_t n, const eb_row_sink* rows, std::uint64_t* affected);
  eb_status run(Sql sql, std::span<const eb_value> values, const eb_row_sink* sink,
                std::uint64_t* affected);

  Transaction& transaction_;
  eb_tx tx_{};
  std::optional<Error> error_;
};

}  // namespace everbit::store

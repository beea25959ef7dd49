#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "store/gates.h"
#include "store/ids.h"
#include "store/transaction.h"

namespace everbit::store {

enum class RowLock { kNone, kShare, kUpdate };

// What a trading transaction locks, all of it named before it begins.
struct Locks {
  // The account-wide lock: slots and cash.
  bool account = false;
  // Rows of market_state, FOR UPDATE; any order. Whoever changes an attempt, order, fill, position
  // or event of a market names it here.
  std::vector<std::string> markets{};
  // kUpdate for who is going to change the switch: two that both share it could not.
  RowLock kill_switch = RowLock::kNone;
  // Strategy keys of strategy_activation, FOR SHARE.
  std::vector<std::string> activations{};
  // This process's instance: compared with trader_instance FOR SHARE; FENCED if another one is the
  // trader now.
  std::optional<Uuid> trader{};
};

// The only way to begin a transaction that trades. Locks are taken once, in one order for the whole
// program: account, markets in code order, kill switch, activations in key order, trader. There is
// no way to lock more later, so two of them cannot wait for each other in a circle. The rows read
// under the locks are kept here. One thread at a time.
class TradingTransaction {
 public:
  // Codes: FENCED; MARKET_UNKNOWN when a market has no row; those of store/errors.h.
  static Result<TradingTransaction> begin(Pool& pool, OwnerId owner, const Locks& locks,
                                          Deadline deadline);

  template <class... T>
  Result<Rows> exec(Sql sql, const T&... values) {
    return transaction_.exec(sql, values...);
  }
  CommitResult commit() { return transaction_.commit(); }
  void rollback() { transaction_.rollback(); }
  // For what works on any transaction, as the bus.
  Transaction& transaction() { return transaction_; }

  OwnerId owner() const { return owner_; }
  // As locked: in code order, without repeats.
  const std::vector<MarketState>& markets() const { return markets_; }
  // Null for a market that was not named.
  const MarketState* market(std::string_view code) const;
  // OFF unless it was asked for.
  const KillSwitch& kill_switch() const { return kill_switch_; }
  // Null for a strategy that is not active or was not named.
  const Activation* activation(std::string_view strategy_key) const;

 private:
  TradingTransaction(Transaction transaction, OwnerId owner)
      : transaction_(std::move(transaction)), owner_(owner) {}

  Result<void> lock(const Locks& locks);
  Result<void> lock_markets(std::vector<std::string> codes);
  Result<void> lock_kill_switch(RowLock kind);
  Result<void> lock_activations(const std::vector<std::string>& keys);
  Result<void> compare_trader(const Uuid& instance);

  Transaction transaction_;
  OwnerId owner_;
  std::vector<MarketState> markets_;
  KillSwitch kill_switch_;
  std::vector<Activation> activations_;
};

}  // namespace everbit::store

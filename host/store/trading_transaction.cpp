#include "store/trading_transaction.h"

#include <algorithm>

namespace everbit::store {
namespace {

constexpr Sql kLockAccount{"SELECT pg_advisory_xact_lock(lock_key('account'))"};

// The sort runs before the rows are locked, so they are locked in its order.
constexpr Sql kLockMarkets{R"(
  SELECT market, trade_status = 'SUSPENDED', suspend_reason_code, last_signal_at, cooldown_until
  FROM market_state WHERE owner_id = $1 AND market = ANY ($2::text[])
  ORDER BY market COLLATE "C" FOR UPDATE)"};

constexpr Sql kShareKillSwitch{R"(
  SELECT account_position, reason_code, flatten_active,
         ARRAY(SELECT jsonb_array_elements_text(enabled_strategies))
  FROM kill_switch WHERE owner_id = $1 FOR SHARE)"};

constexpr Sql kUpdateKillSwitch{R"(
  SELECT account_position, reason_code, flatten_active,
         ARRAY(SELECT jsonb_array_elements_text(enabled_strategies))
  FROM kill_switch WHERE owner_id = $1 FOR UPDATE)"};

constexpr Sql kShareActivations{R"(
  SELECT strategy_key, generation, sha256, config_version
  FROM strategy_activation WHERE owner_id = $1 AND strategy_key = ANY ($2::text[])
  ORDER BY strategy_key COLLATE "C" FOR SHARE)"};

constexpr Sql kShareTrader{"SELECT instance FROM trader_instance WHERE owner_id = $1 FOR SHARE"};

}  // namespace

Result<TradingTransaction> TradingTransaction::begin(Pool& pool, OwnerId owner, const Locks& locks,
                                                     Deadline deadline) {
  auto transaction = Transaction::begin(pool, deadline);
  if (!transaction) return transaction.error();
  TradingTransaction trading(std::move(*transaction), owner);
  if (auto locked = trading.lock(locks); !locked) return locked.error();
  return trading;
}

Result<void> TradingTransaction::lock(const Locks& locks) {
  if (locks.account) {
    if (auto locked = exec(kLockAccount); !locked) return locked.error();
  }
  if (auto locked = lock_markets(locks.markets); !locked) return locked.error();
  if (auto locked = lock_kill_switch(locks.kill_switch); !locked) return locked.error();
  if (auto locked = lock_activations(locks.activations); !locked) return locked.error();
  if (locks.trader) return compare_trader(*locks.trader);
  return {};
}

Result<void> TradingTransaction::lock_markets(std::vector<std::string> codes) {
  if (codes.empty()) return {};
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  auto rows = exec(kLockMarkets, owner_, codes);
  if (!rows) return rows.error();
  for (const Row row : *rows) {
    markets_.push_back(
        {row.get<std::string>(0), row.get<bool>(1), row.get<std::optional<std::string>>(2),
         row.get<std::optional<Timestamp>>(3), row.get<std::optional<Timestamp>>(4)});
  }
  for (const std::string& code : codes) {
    // Without its row a market cannot be locked, and what cannot be locked must not be touched.
    if (market(code) == nullptr) {
      return Error("MARKET_UNKNOWN", "market " + code + " has no row in market_state", code);
    }
  }
  return {};
}

Result<void> TradingTransaction::lock_kill_switch(RowLock kind) {
  if (kind == RowLock::kNone) return {};
  auto rows = exec(kind == RowLock::kUpdate ? kUpdateKillSwitch : kShareKillSwitch, owner_);
  if (!rows) return rows.error();
  for (const Row row : *rows) {
    kill_switch_ = {account_position_from(row.text(0)), row.get<std::optional<std::string>>(1),
                    row.get<bool>(2), row.get<std::vector<std::string>>(3)};
  }
  return {};
}

Result<void> TradingTransaction::lock_activations(const std::vector<std::string>& keys) {
  if (keys.empty()) return {};
  auto rows = exec(kShareActivations, owner_, keys);
  if (!rows) return rows.error();
  for (const Row row : *rows) {
    activations_.push_back({row.get<std::string>(0), row.get<std::int64_t>(1),
                            row.get<std::string>(2), row.get<std::int64_t>(3)});
  }
  return {};
}

Result<void> TradingTransaction::compare_trader(const Uuid& instance) {
  auto rows = exec(kShareTrader, owner_);
  if (!rows) return rows.error();
  if (rows->empty() || rows->front().get<Uuid>(0) != instance) {
    return Error("FENCED", "another process is the trader now");
  }
  return {};
}

const MarketState* TradingTransaction::market(std::string_view code) const {
  const auto found = std::find_if(markets_.begin(), markets_.end(),
                                  [&](const MarketState& state) { return state.market == code; });
  return found == markets_.end() ? nullptr : &*found;
}

const Activation* TradingTransaction::activation(std::string_view strategy_key) const {
  const auto found = std::find_if(
      activations_.begin(), activations_.end(),
      [&](const Activation& activation) { return activation.strategy_key == strategy_key; });
  return found == activations_.end() ? nullptr : &*found;
}

}  // namespace everbit::store

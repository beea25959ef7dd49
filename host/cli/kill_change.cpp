#include "cli/kill_change.h"

#include <algorithm>

#include "store/trading_transaction.h"

namespace everbit::cli {
namespace {

using store::AccountPosition;
using store::KillSwitch;
using store::Sql;
using store::TradingTransaction;

constexpr Sql kReadBlock{
    "SELECT max(blocked_until) FROM exchange_block WHERE owner_id = $1 AND blocked_until > now()"};

constexpr Sql kIsActive{
    "SELECT 1 FROM strategy_activation WHERE owner_id = $1 AND strategy_key = $2"};

// ON and OFF end a flatten; EXITS_ONLY leaves it.
constexpr Sql kWrite{R"(
  UPDATE kill_switch
  SET account_position = $2, flatten_active = flatten_active AND $2 = 'EXITS_ONLY',
      reason_code = CASE WHEN account_position = $2 THEN reason_code ELSE 'OWNER' END,
      enabled_strategies = to_jsonb($3::text[]), changed_by = $4, changed_at = now()
  WHERE owner_id = $1)"};

constexpr Sql kAudit{R"(
  INSERT INTO audit_log (owner_id, actor, actor_uid, action, target, before_json, after_json)
  VALUES ($1, $2, $3, 'kill_switch', $4, $5, $6))"};

std::vector<std::string> keys_with(std::vector<std::string> keys,
                                   const std::optional<KillChange::Strategy>& strategy) {
  if (!strategy) return keys;
  std::erase(keys, strategy->key);
  if (strategy->enabled) keys.push_back(strategy->key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

// What of a change is not so already.
KillChange moves_of(const KillChange& change, const KillSwitch& row) {
  KillChange moves = change;
  if (change.account == row.account) moves.account.reset();
  if (change.strategy && row.strategy_enabled(change.strategy->key) == change.strategy->enabled) {
    moves.strategy.reset();
  }
  return moves;
}

bool trades_more(const KillChange& moves, const KillSwitch& row) {
  // AccountPosition goes from ON over EXITS_ONLY to OFF.
  return (moves.account && *moves.account < row.account) ||
         (moves.strategy && moves.strategy->enabled);
}

Result<void> allow_more(TradingTransaction& transaction, const KillContext& context) {
  const auto block = transaction.exec(kReadBlock, transaction.owner());
  if (!block) return block.error();
  if (const auto until = block->front().get<std::optional<Timestamp>>(0)) {
    return Error("UPBIT_BLOCKED_418", "the exchange blocks this machine until " + until->to_iso());
  }
  std::error_code unknown;
  const auto status = std::filesystem::symlink_status(context.kill_file, unknown);
  // A folder that cannot be looked into may hold the file.
  if (status.type() != std::filesystem::file_type::not_found) {
    return Error("KILL_FILE_PRESENT", "the owner's file lies there", context.kill_file.string());
  }
  return {};
}

// A slip of the hand in a key must not look like a strategy that was stopped.
Result<void> know_strategy(TradingTransaction& transaction, const KillContext& context,
                           const std::string& key) {
  if (key == context.settings_strategy || transaction.kill_switch().strategy_enabled(key))
    return {};
  const auto active = transaction.exec(kIsActive, transaction.owner(), key);
  if (!active) return active.error();
  if (active->empty()) {
    return Error("STRATEGY_UNKNOWN",
                 "no such strategy; the settings name " + context.settings_strategy, key);
  }
  return {};
}

Result<void> audit(TradingTransaction& transaction, const KillContext& context,
                   const std::string& target, std::string_view name, std::string_view before,
                   std::string_view after) {
  const auto json = [&](std::string_view value) {
    JsonWriter writer;
    return writer.begin_object().field(name, value).end_object().take();
  };
  const auto done = transaction.exec(kAudit, transaction.owner(), context.actor, context.uid,
                                     target, json(before), json(after));
  if (!done) return done.error();
  return {};
}

Result<void> write(TradingTransaction& transaction, const KillChange& moves,
                   const KillContext& context) {
  const KillSwitch& row = transaction.kill_switch();
  const auto position = to_string(moves.account.value_or(row.account));
  const auto written =
      transaction.exec(kWrite, transaction.owner(), position,
                       keys_with(row.enabled_strategies, moves.strategy), context.actor);
  if (!written) return written.error();
  if (moves.account) {
    auto done =
        audit(transaction, context, "account", "position", to_string(row.account), position);
    if (!done) return done;
  }
  if (!moves.strategy) return {};
  const bool on = moves.strategy->enabled;
  return audit(transaction, context, moves.strategy->key, "strategy", on ? "OFF" : "ON",
               on ? "ON" : "OFF");
}

}  // namespace

Result<void> change_kill_switch(store::Pool& pool, store::OwnerId owner, const KillChange& change,
                                const KillContext& context, Deadline deadline) {
  store::Locks locks;
  locks.kill_switch = store::RowLock::kUpdate;
  auto transaction = TradingTransaction::begin(pool, owner, locks, deadline);
  if (!transaction) return transaction.error();
  if (change.strategy) {
    auto known = know_strategy(*transaction, context, change.strategy->key);
    if (!known) return known;
  }
  const KillChange moves = moves_of(change, transaction->kill_switch());
  if (!moves.account && !moves.strategy) return {};
  if (trades_more(moves, transaction->kill_switch())) {
    auto allowed = allow_more(*transaction, context);
    if (!allowed) return allowed;
  }
  if (auto written = write(*transaction, moves, context); !written) return written;
  const auto commit = transaction->commit();
  if (commit.undecided()) {
    return Error("COMMIT_UNDECIDED", "the database did not answer: it may be stored or not");
  }
  if (!commit.committed()) return commit.error;
  return {};
}

}  // namespace everbit::cli

#include "trading/portfolio/balances.h"

#include <algorithm>
#include <string>

#include "store/transaction.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr std::chrono::seconds kBudget{5};

constexpr Sql kStoreReading{R"sql(
  INSERT INTO account_balance AS b (owner_id, currency, mode, balance, locked, avg_buy_price, reading_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (owner_id, currency, mode) DO UPDATE
  SET balance = excluded.balance, locked = excluded.locked, avg_buy_price = excluded.avg_buy_price,
      reading_at = excluded.reading_at, asset_timestamp = NULL
  WHERE b.reading_at <= excluded.reading_at
    AND coalesce(b.asset_timestamp, '-infinity') <= excluded.reading_at)sql"};

constexpr Sql kZeroTheRest{R"sql(
  UPDATE account_balance SET balance = 0, locked = 0, reading_at = $3, asset_timestamp = NULL
  WHERE owner_id = $1 AND mode = $2 AND reading_at < $3
    AND coalesce(asset_timestamp, '-infinity') <= $3 AND currency <> ALL ($4::text[]))sql"};

constexpr Sql kStoreChange{R"sql(
  INSERT INTO account_balance AS b (owner_id, currency, mode, balance, locked, reading_at, asset_timestamp)
  VALUES ($1, $2, $3, $4, $5, $6, $6)
  ON CONFLICT (owner_id, currency, mode) DO UPDATE
  SET balance = excluded.balance, locked = excluded.locked, asset_timestamp = excluded.asset_timestamp
  WHERE b.reading_at < excluded.asset_timestamp
    AND coalesce(b.asset_timestamp, '-infinity') <= excluded.asset_timestamp)sql"};

Result<void> commit(store::Transaction& tx) {
  const auto result = tx.commit();
  if (!result.committed()) return result.error;
  return {};
}

}  // namespace

Result<void> Balances::store_reading(const std::vector<plugins::Account>& accounts,
                                     Timestamp reading_at) {
  auto tx = store::Transaction::begin(pool_, Deadline::after(kBudget));
  if (!tx) return tx.error();
  std::vector<std::string> named;
  for (const plugins::Account& account : accounts) {
    named.push_back(account.currency);
    auto stored = tx->exec(kStoreReading, owner_, account.currency, to_string(mode_),
                           account.balance, account.locked, account.avg_buy_price, reading_at);
    if (!stored) return stored.error();
  }
  auto rest = tx->exec(kZeroTheRest, owner_, to_string(mode_), reading_at, named);
  if (!rest) return rest.error();
  return commit(*tx);
}

Result<void> Balances::store_changes(const std::vector<plugins::Account>& accounts) {
  auto tx = store::Transaction::begin(pool_, Deadline::after(kBudget));
  if (!tx) return tx.error();
  for (const plugins::Account& account : accounts) {
    auto stored = tx->exec(kStoreChange, owner_, account.currency, to_string(mode_),
                           account.balance, account.locked, account.asset_ts);
    if (!stored) return stored.error();
  }
  return commit(*tx);
}

}  // namespace everbit::trading

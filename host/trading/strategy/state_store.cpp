#include "trading/strategy/state_store.h"

#include <span>

#include "store/trading_transaction.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr std::chrono::seconds kBudget{5};

constexpr Sql kConfig{R"sql(
  INSERT INTO strategy_config AS c (owner_id, strategy_key, config_version, config_json, changed_by)
  VALUES ($1, $2, 1, $3::jsonb, 'everbit.toml')
  ON CONFLICT (owner_id, strategy_key) DO UPDATE
  SET config_version = c.config_version + 1, config_json = excluded.config_json,
      changed_by = excluded.changed_by
  WHERE c.config_json <> excluded.config_json)sql"};

constexpr Sql kActivate{R"sql(
  INSERT INTO strategy_activation AS a (owner_id, strategy_key, generation, sha256, config_version)
  SELECT $1, $2, 1, $3, config_version FROM strategy_config WHERE owner_id = $1 AND strategy_key = $2
  ON CONFLICT (owner_id, strategy_key) DO UPDATE
  SET generation = a.generation + 1, sha256 = excluded.sha256,
      config_version = excluded.config_version, activated_at = now()
  WHERE (a.sha256, a.config_version) <> (excluded.sha256, excluded.config_version))sql"};

constexpr Sql kActive{R"sql(
  SELECT generation, sha256, config_version FROM strategy_activation
  WHERE owner_id = $1 AND strategy_key = $2)sql"};

constexpr Sql kLoad{R"sql(
  SELECT state_schema, state_version, state, generation, as_of FROM strategy_state
  WHERE owner_id = $1 AND strategy_key = $2 AND market = $3 AND timeframe = $4 AND mode = $5)sql"};

constexpr Sql kStore{R"sql(
  INSERT INTO strategy_state (owner_id, strategy_key, market, timeframe, mode, generation,
                              plugin_version, sha256, state_schema, state_version, state, as_of)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (owner_id, strategy_key, market, timeframe, mode) DO UPDATE
  SET generation = excluded.generation, plugin_version = excluded.plugin_version,
      sha256 = excluded.sha256, state_schema = excluded.state_schema,
      state_version = excluded.state_version, state = excluded.state, as_of = excluded.as_of)sql"};

// From here on the instance owes nothing to the state that was kept at midnight.
constexpr Sql kKeep{R"sql(
  INSERT INTO strategy_state_daily (owner_id, strategy_key, market, timeframe, mode, as_of, generation,
                                    plugin_version, sha256, state_schema, state_version, state)
  SELECT owner_id, strategy_key, market, timeframe, mode, as_of, generation, plugin_version, sha256,
         state_schema, state_version, state
  FROM strategy_state
  WHERE owner_id = $1 AND strategy_key = $2 AND market = $3 AND timeframe = $4 AND mode = $5
  ON CONFLICT (owner_id, strategy_key, market, timeframe, mode, as_of) DO UPDATE
  SET generation = excluded.generation, plugin_version = excluded.plugin_version,
      sha256 = excluded.sha256, state_schema = excluded.state_schema,
      state_version = excluded.state_version, state = excluded.state)sql"};

Result<void> commit(store::Transaction& tx) {
  const auto result = tx.commit();
  if (!result.committed()) return result.error;
  return {};
}

}  // namespace

Result<ActiveStrategy> activate_strategy(store::Pool& pool, OwnerId owner,
                                         const std::string& strategy_key,
                                         const std::string& plugin_sha256,
                                         const std::string& plugin_version,
                                         const std::string& params_json) {
  auto tx = store::Transaction::begin(pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  if (auto config = tx->exec(kConfig, owner, strategy_key, params_json); !config) {
    return config.error();
  }
  auto activated = tx->exec(kActivate, owner, strategy_key, plugin_sha256);
  if (!activated) return activated.error();
  auto rows = tx->exec(kActive, owner, strategy_key);
  if (!rows) return rows.error();
  const Row row = rows->front();
  ActiveStrategy active{row.get<std::int64_t>(0), row.get<std::string>(1), row.get<std::int64_t>(2),
                        plugin_version};
  if (auto done = commit(*tx); !done) return done.error();
  return active;
}

Result<std::optional<SavedState>> load_state(store::Pool& pool, const InstanceKey& key) {
  auto rows = pool.exec(Deadline::after(kBudget), kLoad, key.owner, key.strategy_key, key.market,
                        key.timeframe, to_string(key.mode));
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<SavedState>();
  const Row row = rows->front();
  const auto blob = row.get<std::vector<std::uint8_t>>(2);
  SavedState saved;
  saved.state = {row.get<std::string>(0), static_cast<std::uint32_t>(row.get<int>(1)),
                 std::string(blob.begin(), blob.end())};
  saved.generation = row.get<std::int64_t>(3);
  saved.as_of = row.get<Timestamp>(4);
  return std::optional<SavedState>(std::move(saved));
}

Result<void> store_state(store::Pool& pool, const InstanceKey& key, const Uuid& trader_instance,
                         const ActiveStrategy& active, const SavedState& saved) {
  store::Locks locks;
  locks.markets = {key.market};
  locks.activations = {key.strategy_key};
  locks.trader = trader_instance;
  auto tx = store::TradingTransaction::begin(pool, key.owner, locks, Deadline::after(kBudget));
  if (!tx) return tx.error();
  const std::vector<std::uint8_t> blob(saved.state.blob.begin(), saved.state.blob.end());
  auto stored =
      tx->exec(kStore, key.owner, key.strategy_key, key.market, key.timeframe, to_string(key.mode),
               active.generation, active.plugin_version, active.sha256, saved.state.schema,
               static_cast<std::int32_t>(saved.state.version), store::Bytes{blob}, saved.as_of);
  if (!stored) return stored.error();
  auto kept =
      tx->exec(kKeep, key.owner, key.strategy_key, key.market, key.timeframe, to_string(key.mode));
  if (!kept) return kept.error();
  return commit(tx->transaction());
}

}  // namespace everbit::trading

#include "paper/account_row.h"

#include "store/trading_transaction.h"

namespace everbit::paper {
namespace {

using store::Sql;

constexpr Sql kRead{R"sql(
  SELECT revision, state_schema, state_version, state FROM paper_exchange
  WHERE owner_id = $1 AND plugin_id = $2)sql"};

constexpr Sql kWrite{R"sql(
  INSERT INTO paper_exchange AS p (owner_id, plugin_id, revision, written_by, plugin_version,
                                   state_schema, state_version, state)
  SELECT $1::bigint, $2::text, $3::bigint, $4::uuid, $5::text, $6::text, $7::integer, $8::bytea
  WHERE $3::bigint = 1
     OR EXISTS (SELECT FROM paper_exchange WHERE owner_id = $1::bigint AND plugin_id = $2::text)
  ON CONFLICT (owner_id, plugin_id) DO UPDATE
  SET revision = excluded.revision, written_by = excluded.written_by,
      plugin_version = excluded.plugin_version, state_schema = excluded.state_schema,
      state_version = excluded.state_version, state = excluded.state
  WHERE p.revision = excluded.revision - 1)sql"};

constexpr Sql kIsStored{R"sql(
  SELECT FROM paper_exchange
  WHERE owner_id = $1 AND plugin_id = $2 AND revision = $3 AND written_by = $4)sql"};

}  // namespace

Result<std::optional<plugins::LocalState>> AccountRow::read(Deadline deadline) {
  auto rows = pool_.exec(deadline, kRead, owner_, plugin_id_);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<plugins::LocalState>();
  const store::Row row = rows->front();
  revision_ = row.get<std::int64_t>(0);
  const auto bytes = row.get<std::vector<std::uint8_t>>(3);
  return std::optional<plugins::LocalState>(
      plugins::LocalState{row.get<std::string>(1), static_cast<std::uint32_t>(row.get<int>(2)),
                          std::string(bytes.begin(), bytes.end())});
}

Result<bool> AccountRow::is_stored(std::int64_t revision, Deadline deadline) {
  auto rows = pool_.exec(deadline, kIsStored, owner_, plugin_id_, revision, instance_);
  if (!rows) return rows.error();
  return !rows->empty();
}

Result<void> AccountRow::write(const plugins::LocalState& state, Deadline deadline) {
  const std::int64_t next = revision_ + 1;
  store::Locks locks;
  locks.trader = instance_;
  auto tx = store::TradingTransaction::begin(pool_, owner_, locks, deadline);
  if (!tx) return tx.error();
  const store::Bytes bytes{
      {reinterpret_cast<const std::uint8_t*>(state.blob.data()), state.blob.size()}};
  auto written = tx->exec(kWrite, owner_, plugin_id_, next, instance_, plugin_version_,
                          state.schema, static_cast<std::int64_t>(state.version), bytes);
  if (!written) return written.error();
  if (written->affected() == 1) {
    const auto commit = tx->commit();
    if (!commit.committed()) return commit.error;
  } else {
    tx->rollback();
    // By an earlier try of ours whose COMMIT was undecided, or by nobody of ours.
    auto stored = is_stored(next, deadline);
    if (!stored) return stored.error();
    if (!*stored) return Error("FENCED", "the simulated account was moved by another process");
  }
  revision_ = next;
  return {};
}

}  // namespace everbit::paper

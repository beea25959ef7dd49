#include "trading/portfolio/order_sync.h"

#include "base/crash_point.h"
#include "base/log.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr std::chrono::seconds kBudget{5};

constexpr Sql kKnows{R"sql(SELECT 1 FROM upbit_order WHERE upbit_uuid = $1)sql"};

constexpr Sql kUnfinished{R"sql(
  SELECT upbit_uuid::text FROM upbit_order
  WHERE owner_id = $1 AND mode = $2 AND origin = 'OURS' AND closed_at IS NULL
  ORDER BY id)sql"};

// A market that only somebody else's orders touch gets its rows too, or they could not be recorded.
constexpr Sql kAddMarket{R"sql(
  INSERT INTO market_config (owner_id, market, enabled) VALUES ($1, $2, false)
  ON CONFLICT (owner_id, market) DO NOTHING)sql"};

}  // namespace

Result<store::TradingTransaction> OrderSync::begin(const std::string& market) {
  store::Locks locks;
  locks.markets = {market};
  const Deadline deadline = Deadline::after(kBudget);
  auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, deadline);
  if (tx || tx.error().code != "MARKET_UNKNOWN") return tx;
  auto added = parts_.pool.exec(deadline, kAddMarket, parts_.owner, market);
  if (!added) return added.error();
  return store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, deadline);
}

Result<void> OrderSync::apply(const plugins::Order& order, const std::vector<plugins::Fill>& fills,
                              FillSource source) {
  auto tx = begin(order.market);
  if (!tx) return tx.error();
  auto recorded = parts_.recorder.record(tx->transaction(), order);
  if (!recorded) return recorded.error();
  for (const plugins::Fill& fill : fills) {
    auto booked = parts_.fills.book(tx->transaction(), fill, source);
    if (!booked) return booked.error();
    if (*booked == FillBook::Booked::kNew) {
      log_info("order_filled", {{"market", fill.market},
                                {"side", to_string(fill.side)},
                                {"price", fill.price},
                                {"volume", fill.volume},
                                {"upbit_uuid", order.uuid}});
    }
  }
  auto closed = parts_.fills.close_if_complete(tx->transaction(), order.uuid);
  if (!closed) return closed.error();
  crash_point(CrashPoint::kFillsCommit);
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  crash_point(CrashPoint::kFillsCommitted);
  if (*closed) log_info("order_closed", {{"market", order.market}, {"upbit_uuid", order.uuid}});
  parts_.outbox.committed();
  return {};
}

Result<bool> OrderSync::knows(const std::string& order_uuid) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kKnows, order_uuid);
  if (!rows) return rows.error();
  return !rows->empty();
}

Result<std::vector<std::string>> OrderSync::unfinished() {
  auto rows =
      parts_.pool.exec(Deadline::after(kBudget), kUnfinished, parts_.owner, to_string(parts_.mode));
  if (!rows) return rows.error();
  std::vector<std::string> uuids;
  for (const store::Row row : *rows) uuids.push_back(row.get<std::string>(0));
  return uuids;
}

}  // namespace everbit::trading

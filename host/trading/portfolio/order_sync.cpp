#include "trading/portfolio/order_sync.h"

#include "base/crash_point.h"
#include "base/log.h"
#include "base/wide_decimal.h"
#include "trading/execution/suspension.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr std::chrono::seconds kBudget{5};

constexpr Sql kKnows{R"sql(SELECT 1 FROM upbit_order WHERE upbit_uuid = $1)sql"};

constexpr Sql kUnfinished{R"sql(
  SELECT upbit_uuid::text FROM upbit_order
  WHERE owner_id = $1 AND mode = $2 AND origin IN ('OURS', 'ORPHAN') AND closed_at IS NULL
    AND ($3 = '' OR market = $3)
  ORDER BY id)sql"};

constexpr Sql kStandings{R"sql(
  SELECT o.id IS NOT NULL,
         coalesce(o.origin <> 'FOREIGN', n.identifier LIKE $4
                  OR EXISTS (SELECT FROM order_attempt a WHERE a.identifier = n.identifier)),
         o.closed_at IS NOT NULL, coalesce(o.state IN ('done', 'cancel'), false),
         coalesce(o.executed_volume, 0),
         coalesce(o.executed_volume, 0) = coalesce((SELECT sum(f.volume) FROM fill f
                                                    WHERE f.upbit_order_id = o.id), 0)
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS n(uuid, identifier, place)
  LEFT JOIN upbit_order o ON o.upbit_uuid = n.uuid AND o.mode = $3
  ORDER BY n.place)sql"};

// A market that only somebody else's orders touch gets its rows too, or they could not be recorded.
constexpr Sql kAddMarket{R"sql(
  INSERT INTO market_config (owner_id, market, enabled) VALUES ($1, $2, false)
  ON CONFLICT (owner_id, market) DO NOTHING)sql"};

// A conflict counts until the order's fills sum up to what it executed.
constexpr Sql kInConflict{R"sql(
  SELECT o.executed_volume <> (SELECT coalesce(sum(f.volume), 0) FROM fill f
                               WHERE f.upbit_order_id = o.id)
  FROM upbit_order o
  WHERE o.upbit_uuid = $1
    AND EXISTS (SELECT FROM fill_conflict c WHERE c.upbit_order_id = o.id))sql"};

// REST names no fee for a trade: each has its share of what the order has paid by now, which is
// its value times the order's fee rate. Left open when the trades are not all that was executed.
std::vector<plugins::Fill> with_fees(const plugins::Order& order,
                                     std::vector<plugins::Fill> fills) {
  Decimal volume;
  WideDecimal value;
  for (const plugins::Fill& fill : fills) {
    volume += fill.volume;
    value += WideDecimal::product(fill.price, fill.volume);
  }
  if (!order.paid_fee || volume != order.executed_volume || value.is_zero()) return fills;
  const auto rate = WideDecimal(*order.paid_fee).divided_by(value, Rounding::kHalfUp);
  if (!rate) return fills;
  for (plugins::Fill& fill : fills) {
    if (fill.fee) continue;
    const auto funds = WideDecimal::product(fill.price, fill.volume).cut(Rounding::kHalfUp);
    if (!funds) continue;
    if (auto fee = checked_mul(*funds, *rate, Rounding::kHalfUp)) fill.fee = *fee;
  }
  return fills;
}

}  // namespace

Result<store::TradingTransaction> OrderSync::begin(const std::string& market) {
  store::Locks locks;
  locks.markets = {market};
  locks.trader = parts_.trader;
  const Deadline deadline = Deadline::after(kBudget);
  auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, deadline);
  if (tx || tx.error().code != "MARKET_UNKNOWN") return tx;
  auto added = parts_.pool.exec(deadline, kAddMarket, parts_.owner, market);
  if (!added) return added.error();
  return store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, deadline);
}

Result<OrderSync::Applied> OrderSync::apply(const plugins::Order& order,
                                            const std::vector<plugins::Fill>& fills,
                                            FillSource source) {
  auto tx = begin(order.market);
  if (!tx) return tx.error();
  auto applied = source == FillSource::kRest
                     ? apply_in(tx->transaction(), order, with_fees(order, fills), source)
                     : apply_in(tx->transaction(), order, fills, source);
  if (!applied) return applied.error();
  crash_point(CrashPoint::kFillsCommit);
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  crash_point(CrashPoint::kFillsCommitted);
  if (applied->closed) {
    log_info("order_closed", {{"market", order.market}, {"upbit_uuid", order.uuid}});
  }
  parts_.outbox.committed();
  return applied;
}

Result<OrderSync::Applied> OrderSync::apply_in(store::Transaction& tx, const plugins::Order& order,
                                               const std::vector<plugins::Fill>& fills,
                                               FillSource source) {
  Applied applied;
  auto recorded = parts_.recorder.record(tx, order);
  if (!recorded) return recorded.error();
  applied.recorded = *recorded;
  for (const plugins::Fill& fill : fills) {
    auto booked = parts_.fills.book(tx, fill, source);
    if (!booked) return booked.error();
    if (*booked == FillBook::Booked::kConflict) applied.read_again = true;
    if (*booked != FillBook::Booked::kNew) continue;
    ++applied.new_fills;
    log_info("order_filled", {{"market", fill.market},
                              {"side", to_string(fill.side)},
                              {"price", fill.price},
                              {"volume", fill.volume},
                              {"upbit_uuid", order.uuid}});
  }
  auto closed = parts_.fills.close_if_complete(tx, order.uuid);
  if (!closed) return closed.error();
  applied.closed = *closed == FillBook::Closing::kClosed;
  applied.lacks_fills = *closed == FillBook::Closing::kLacksFills;
  if (source == FillSource::kRest) {
    applied.read_again = false;
    if (auto judged = judge_conflict(tx, order); !judged) return judged.error();
  }
  return applied;
}

Result<void> OrderSync::judge_conflict(store::Transaction& tx, const plugins::Order& order) {
  auto rows = tx.exec(kInConflict, order.uuid);
  if (!rows) return rows.error();
  if (rows->empty() || !rows->front().get<bool>(0)) return {};
  return suspend_market(tx, parts_.outbox, {parts_.owner, order.market, "FILL_CONFLICT", ""});
}

Result<bool> OrderSync::knows(const std::string& order_uuid) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kKnows, order_uuid);
  if (!rows) return rows.error();
  return !rows->empty();
}

Result<std::vector<OrderSync::Standing>> OrderSync::standings(
    const std::vector<plugins::Order>& listed) {
  std::vector<Standing> standings;
  if (listed.empty()) return standings;
  std::vector<std::string> uuids;
  std::vector<std::string> identifiers;
  for (const plugins::Order& order : listed) {
    uuids.push_back(order.uuid);
    identifiers.push_back(order.identifier);
  }
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kStandings, uuids, identifiers,
                               to_string(parts_.mode), parts_.recorder.tag_prefix() + "%");
  if (!rows) return rows.error();
  for (const store::Row row : *rows) {
    standings.push_back({row.get<bool>(0), row.get<bool>(1), row.get<bool>(2), row.get<bool>(3),
                         row.get<bool>(5), row.get<Decimal>(4)});
  }
  return standings;
}

Result<std::vector<std::string>> OrderSync::unfinished(const std::string& market) {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kUnfinished, parts_.owner,
                               to_string(parts_.mode), market);
  if (!rows) return rows.error();
  std::vector<std::string> uuids;
  for (const store::Row row : *rows) uuids.push_back(row.get<std::string>(0));
  return uuids;
}

}  // namespace everbit::trading

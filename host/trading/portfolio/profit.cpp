#include "trading/portfolio/profit.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kRealized{R"sql(
  SELECT coalesce(sum(profit), 0), coalesce(sum(profit) FILTER (WHERE at >= $3), 0)
  FROM (
    SELECT realized_pnl AS profit, trade_time AS at FROM fill
    WHERE owner_id = $1 AND mode = $2 AND realized_pnl IS NOT NULL
    UNION ALL
    SELECT realized_pnl, created_at FROM position_adjustment
    WHERE owner_id = $1 AND mode = $2 AND realized_pnl IS NOT NULL) sales)sql"};

constexpr Sql kOpenCosts{R"sql(
  SELECT p.market, p.quantity, round(p.quantity * bought.paid / bought.volume, 18)
  FROM position p
  CROSS JOIN LATERAL (
    SELECT sum(volume) AS volume, sum(paid) AS paid
    FROM (
      SELECT f.volume, f.price * f.volume + coalesce(f.fee, 0) AS paid
      FROM order_attempt a
      JOIN upbit_order o ON o.order_attempt_id = a.id
      JOIN fill f ON f.upbit_order_id = o.id
      WHERE a.order_intent_id = p.entry_intent_id
      UNION ALL
      SELECT quantity_after - quantity_before, price * (quantity_after - quantity_before)
      FROM position_adjustment
      WHERE entry_intent_id = p.entry_intent_id AND quantity_after > quantity_before) moves) bought
  WHERE p.owner_id = $1 AND p.mode = $2 AND p.status = 'OPEN'
  ORDER BY p.market)sql"};

}  // namespace

Result<RealizedProfit> read_realized(store::Pool& pool, OwnerId owner, Mode mode, Timestamp since,
                                     Deadline deadline) {
  auto rows = pool.exec(deadline, kRealized, owner, to_string(mode), since);
  if (!rows) return rows.error();
  return RealizedProfit{rows->front().get<Decimal>(0), rows->front().get<Decimal>(1)};
}

Result<std::vector<OpenCost>> read_open_costs(store::Pool& pool, OwnerId owner, Mode mode,
                                              Deadline deadline) {
  auto rows = pool.exec(deadline, kOpenCosts, owner, to_string(mode));
  if (!rows) return rows.error();
  std::vector<OpenCost> open;
  for (const Row row : *rows) {
    open.push_back({row.get<std::string>(0), row.get<Decimal>(1), row.get<Decimal>(2)});
  }
  return open;
}

}  // namespace everbit::trading

#include "trading/portfolio/entry_book.h"

#include "base/clock.h"
#include "base/uuid.h"

namespace everbit::trading {
namespace {

using store::Sql;

// Everything that was bought, sold or corrected under one entry ($1).
constexpr std::string_view kMoves = R"sql(
  WITH moves AS (
    SELECT i.side, i.id AS intent_id, f.id AS fill_id, NULL::bigint AS adjustment_id, f.volume,
           f.price * f.volume AS value, coalesce(f.fee, 0) AS fee, f.trade_time AS at,
           f.trade_uuid::text AS tie
    FROM order_intent i
    JOIN order_attempt a ON a.order_intent_id = i.id
    JOIN upbit_order o ON o.order_attempt_id = a.id
    JOIN fill f ON f.upbit_order_id = o.id
    WHERE i.id = $1 OR i.entry_intent_id = $1
    UNION ALL
    SELECT CASE WHEN quantity_after > quantity_before THEN 'BUY' ELSE 'SELL' END, NULL, NULL, id,
           abs(quantity_after - quantity_before), price * abs(quantity_after - quantity_before), 0,
           created_at, id::text
    FROM position_adjustment
    WHERE entry_intent_id = $1 AND quantity_after <> quantity_before),
  sums AS (
    SELECT coalesce(sum(volume) FILTER (WHERE side = 'BUY'), 0) AS bought,
           coalesce(sum(value) FILTER (WHERE side = 'BUY'), 0) AS cost,
           coalesce(sum(value + fee) FILTER (WHERE side = 'BUY'), 0) AS paid,
           coalesce(sum(volume) FILTER (WHERE side = 'SELL'), 0) AS sold,
           coalesce(sum(value) FILTER (WHERE side = 'SELL'), 0) AS proceeds,
           coalesce(sum(fee), 0) AS fees,
           min(at) AS opened_at, max(at) AS last_at,
           (array_agg(intent_id ORDER BY at DESC, tie DESC)
              FILTER (WHERE side = 'SELL' AND intent_id IS NOT NULL))[1] AS last_exit
    FROM moves)
)sql";

// Its trade has ended, or another entry's position stands in its place.
constexpr Sql kIsSuperseded{R"sql(
  SELECT EXISTS (SELECT FROM trade WHERE entry_intent_id = $1 AND closed_at IS NOT NULL)
      OR EXISTS (SELECT FROM position
                 WHERE owner_id = $2 AND market = $3 AND mode = $4 AND status = 'OPEN'
                   AND entry_intent_id IS DISTINCT FROM $1))sql"};

// What is sold beyond the position comes out of the dust.
constexpr std::string_view kUpsertPosition = R"sql(
  INSERT INTO position AS p (owner_id, market, mode, status, quantity, avg_price, strategy_key,
                             entry_intent_id, opened_at)
  SELECT $2::bigint, $3, $4, CASE WHEN bought > sold THEN 'OPEN' ELSE 'FLAT' END,
         greatest(bought - sold, 0), CASE WHEN bought > 0 THEN round(cost / bought, 18) ELSE 0 END,
         $5, $1::bigint, opened_at
  FROM sums
  ON CONFLICT (owner_id, market, mode) DO UPDATE
  SET status = excluded.status, quantity = excluded.quantity, avg_price = excluded.avg_price,
      strategy_key = excluded.strategy_key, entry_intent_id = excluded.entry_intent_id,
      opened_at = excluded.opened_at,
      dust_quantity = greatest(p.dust_quantity
                               - (SELECT greatest(sold - bought, 0) FROM sums), 0)
  RETURNING quantity, avg_price, dust_quantity)sql";

constexpr Sql kMoveDust{R"sql(
  UPDATE position SET dust_quantity = greatest(dust_quantity + $4::numeric, 0)
  WHERE owner_id = $1 AND market = $2 AND mode = $3
  RETURNING quantity, avg_price, dust_quantity)sql"};

// $7: it is over whatever is left of it.
constexpr std::string_view kUpsertTrade = R"sql(
  INSERT INTO trade AS t (public_id, owner_id, mode, market, strategy_key, entry_intent_id, opened_at,
                          last_exit_intent_id, entry_quantity, exit_quantity, entry_value, exit_value,
                          fees, profit, closed_at)
  SELECT $2::uuid, $3::bigint, $4, $5, $6, $1::bigint, opened_at, last_exit, bought, sold, round(cost, 18),
         round(proceeds, 18), fees,
         CASE WHEN sold >= bought OR $7::boolean THEN round(proceeds - cost - fees, 18) END,
         CASE WHEN sold >= bought OR $7::boolean THEN last_at END
  FROM sums
  ON CONFLICT (entry_intent_id) DO UPDATE
  SET entry_quantity = excluded.entry_quantity, exit_quantity = excluded.exit_quantity,
      entry_value = excluded.entry_value, exit_value = excluded.exit_value, fees = excluded.fees,
      opened_at = excluded.opened_at, last_exit_intent_id = excluded.last_exit_intent_id,
      closed_at = CASE WHEN t.closed_at IS NULL THEN excluded.closed_at
                       ELSE greatest(t.closed_at, (SELECT last_at FROM sums)) END,
      profit = CASE WHEN t.closed_at IS NULL AND excluded.closed_at IS NULL THEN NULL
                    ELSE (SELECT round(proceeds - cost - fees, 18) FROM sums) END)sql";

// A sale costs its share of what the entry paid, as far as the position reached.
constexpr std::string_view kBookProfits = R"sql(
  , sales AS (
    SELECT fill_id, adjustment_id, row_number() OVER (ORDER BY at DESC, tie DESC) AS from_last,
           volume, value, fee,
           coalesce(sum(volume) OVER (ORDER BY at, tie
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM moves WHERE side = 'SELL'),
  shares AS (
    SELECT fill_id, adjustment_id, from_last,
           round(value - fee - CASE WHEN bought > before
                                    THEN least(volume, bought - before) * paid / bought
                                    ELSE 0 END, 18) AS profit
    FROM sales, sums),
  profits AS (
    SELECT fill_id, adjustment_id,
           CASE WHEN from_last = 1 AND t.closed_at IS NOT NULL
                THEN t.profit - (sum(s.profit) OVER () - s.profit) ELSE s.profit END AS profit
    FROM shares s LEFT JOIN trade t ON t.entry_intent_id = $1),
  adjusted AS (
    UPDATE position_adjustment a SET realized_pnl = p.profit FROM profits p
    WHERE a.id = p.adjustment_id AND a.realized_pnl IS DISTINCT FROM p.profit)
  UPDATE fill f SET realized_pnl = p.profit FROM profits p
  WHERE f.id = p.fill_id AND f.realized_pnl IS DISTINCT FROM p.profit)sql";

constexpr Sql kLeaveDust{R"sql(
  UPDATE position
  SET dust_quantity = dust_quantity + quantity, quantity = 0, status = 'FLAT'
  WHERE owner_id = $1 AND market = $2 AND mode = $3 AND entry_intent_id = $4 AND status = 'OPEN'
    AND quantity * $5::numeric < $6::numeric)sql"};

constexpr Sql kEndTrade{R"sql(
  UPDATE trade SET closed_at = greatest(opened_at, $2::timestamptz), profit = 0
  WHERE entry_intent_id = $1 AND closed_at IS NULL)sql"};

std::string with_moves(std::string_view statement) {
  return std::string(kMoves) + std::string(statement);
}

Result<bool> is_superseded(store::Transaction& tx, const EntryKey& key) {
  auto rows = tx.exec(kIsSuperseded, key.entry, key.owner, key.market, to_string(key.mode));
  if (!rows) return rows.error();
  return rows->front().get<bool>(0);
}

Result<void> book_trade(store::Transaction& tx, const EntryKey& key, bool superseded) {
  static const std::string trade_sql = with_moves(kUpsertTrade);
  static const std::string profit_sql = with_moves(kBookProfits);
  auto trade = tx.exec(Sql{trade_sql}, key.entry, Uuid::make_v7(SystemClock().now()), key.owner,
                       to_string(key.mode), key.market, key.strategy_key, superseded);
  if (!trade) return trade.error();
  auto profits = tx.exec(Sql{profit_sql}, key.entry);
  if (!profits) return profits.error();
  return {};
}

Result<PositionNumbers> numbers_of(const Result<store::Rows>& rows) {
  if (!rows) return rows.error();
  if (rows->empty()) return Error("POSITION_MISSING", "an ended trade has no position row");
  const auto [quantity, avg_price, dust] = rows->front().as<Decimal, Decimal, Decimal>();
  return PositionNumbers{quantity, avg_price, dust};
}

}  // namespace

Result<PositionNumbers> book_move(store::Transaction& tx, const EntryKey& key, const Move& move) {
  static const std::string position_sql = with_moves(kUpsertPosition);
  auto superseded = is_superseded(tx, key);
  if (!superseded) return superseded.error();
  const auto mode = to_string(key.mode);
  auto position = *superseded
                      ? numbers_of(tx.exec(kMoveDust, key.owner, key.market, mode,
                                           move.side == Side::kBuy ? move.volume : -move.volume))
                      : numbers_of(tx.exec(Sql{position_sql}, key.entry, key.owner, key.market,
                                           mode, key.strategy_key));
  if (!position) return position.error();
  if (auto booked = book_trade(tx, key, *superseded); !booked) return booked.error();
  return position;
}

Result<void> book_fees(store::Transaction& tx, const EntryKey& key) {
  auto superseded = is_superseded(tx, key);
  if (!superseded) return superseded.error();
  return book_trade(tx, key, *superseded);
}

Result<bool> leave_dust(store::Transaction& tx, const EntryKey& key, Decimal price,
                        Decimal min_total, Timestamp at) {
  auto left =
      tx.exec(kLeaveDust, key.owner, key.market, to_string(key.mode), key.entry, price, min_total);
  if (!left) return left.error();
  if (left->affected() == 0) return false;
  if (auto ended = tx.exec(kEndTrade, key.entry, at); !ended) return ended.error();
  if (auto booked = book_trade(tx, key, true); !booked) return booked.error();
  return true;
}

}  // namespace everbit::trading

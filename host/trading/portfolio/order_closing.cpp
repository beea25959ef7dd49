#include "base/crash_point.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "trading/portfolio/entry_book.h"
#include "trading/portfolio/fill_book.h"
#include "trading/portfolio/fill_book_order.h"

// How an order ends: when its fills sum up, with its fees, its intent, and what it leaves.
namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kFillsOfOrder{R"sql(
  SELECT coalesce(sum(volume), 0), max(trade_time),
         (SELECT price FROM fill WHERE upbit_order_id = $1 ORDER BY trade_time DESC, trade_uuid DESC LIMIT 1)
  FROM fill WHERE upbit_order_id = $1)sql"};

// A fill learned by REST names no fee: at the end what the known fees lack of the order's own sum
// is shared out by value. The last fill takes whatever is left, so that the fees sum up to
// paid_fee.
constexpr Sql kShareOutFees{R"sql(
  WITH fills AS (
    SELECT f.id, f.price * f.volume AS value, f.fee, o.paid_fee,
           row_number() OVER (ORDER BY f.trade_time DESC, f.trade_uuid DESC) AS from_last
    FROM fill f JOIN upbit_order o ON o.id = f.upbit_order_id
    WHERE o.id = $1 AND o.paid_fee IS NOT NULL),
  missing AS (
    SELECT greatest(min(paid_fee) - coalesce(sum(fee), 0), 0) AS rest,
           sum(value) FILTER (WHERE fee IS NULL) AS total FROM fills),
  shares AS (
    SELECT id, from_last, paid_fee, coalesce(fee, round(rest * value / total, 18)) AS fee
    FROM fills, missing),
  settled AS (
    SELECT id, CASE WHEN from_last > 1 THEN fee
                    ELSE greatest(paid_fee - sum(fee) OVER () + fee, 0) END AS fee
    FROM shares)
  UPDATE fill f SET fee = s.fee FROM settled s
  WHERE f.id = s.id AND f.fee IS DISTINCT FROM s.fee
  RETURNING f.trade_uuid)sql"};

constexpr Sql kCloseOrder{R"sql(
  UPDATE upbit_order SET closed_at = now() WHERE id = $1 AND closed_at IS NULL)sql"};

// One that was cancelled, as its order was taken for absent, is completed by what executed.
constexpr Sql kCompleteIntent{R"sql(
  UPDATE order_intent SET status = 'COMPLETED', reason_code = NULL
  WHERE id = $1 AND status <> 'COMPLETED')sql"};

constexpr Sql kCancelIntent{R"sql(
  UPDATE order_intent SET status = 'CANCELED', reason_code = 'UNFILLED'
  WHERE id = $1 AND status = 'CREATED')sql"};

}  // namespace

Result<FillBook::Closing> FillBook::close_if_complete(store::Transaction& tx,
                                                      const std::string& order_uuid) {
  auto found = find_order(tx, order_uuid);
  if (!found) return found.error();
  if (!*found || !(*found)->final_state || (*found)->closed) return Closing::kOpen;
  const OrderRow& order = **found;
  auto fills = tx.exec(kFillsOfOrder, order.id);
  if (!fills) return fills.error();
  const Row sums = fills->front();
  if (sums.get<Decimal>(0) != order.executed_volume) return Closing::kLacksFills;

  if (auto closed = tx.exec(kCloseOrder, order.id); !closed) return closed.error();
  if (!order.ours) return Closing::kClosed;
  if (auto shared = share_out_fees(tx, order); !shared) return shared.error();
  const bool filled = order.executed_volume.is_positive();
  auto ended = tx.exec(filled ? kCompleteIntent : kCancelIntent, order.intent);
  if (!ended) return ended.error();
  crash_point(CrashPoint::kOrderClosed);
  if (filled && order.intent_type != IntentType::kEntry) {
    auto dust = leave_dust(tx, entry_of(order), sums.get<Decimal>(2), parts_.min_total,
                           sums.get<Timestamp>(1));
    if (!dust) return dust.error();
    if (*dust) log_info("dust_left", {{"market", order.market}});
  }
  JsonWriter payload;
  payload.begin_object()
      .field("upbitUuid", order.uuid)
      .field("side", trading::to_string(side_of(order.intent_type)))
      .field("intentType", trading::to_string(order.intent_type))
      .field("executedVolume", order.executed_volume)
      .end_object();
  if (auto told = tell(tx, order, "OrderDone", payload.take()); !told) return told.error();
  return Closing::kClosed;
}

Result<void> FillBook::share_out_fees(store::Transaction& tx, const OrderRow& order) {
  auto fills = tx.exec(kShareOutFees, order.id);
  if (!fills) return fills.error();
  if (fills->empty()) return {};
  return book_fees(tx, entry_of(order));
}

}  // namespace everbit::trading

#include "trading/portfolio/fill_book.h"

#include "base/crash_point.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "trading/portfolio/entry_book.h"
#include "trading/portfolio/fill_book_order.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

// entry: the intent whose position the order belongs to; its own if it is an entry.
constexpr Sql kFindOrder{R"sql(
  SELECT o.id, o.market, o.origin, o.state, o.executed_volume, o.closed_at IS NOT NULL,
         i.id, i.intent_type, coalesce(i.entry_intent_id, i.id), i.strategy_key,
         s.signal_json ->> 'traceId', o.upbit_uuid::text
  FROM upbit_order o
  LEFT JOIN order_attempt a ON a.id = o.order_attempt_id
  LEFT JOIN order_intent i ON i.id = a.order_intent_id
  LEFT JOIN signal s ON s.id = i.signal_id
  WHERE o.upbit_uuid = $1)sql"};

constexpr Sql kInsertFill{R"sql(
  INSERT INTO fill (owner_id, mode, market, upbit_order_id, trade_uuid, trade_time, price, volume,
                    funds, fee, source)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (trade_uuid) DO NOTHING)sql"};

constexpr Sql kSameFill{R"sql(
  SELECT upbit_order_id = $2 AND price = $3 AND volume = $4 FROM fill WHERE trade_uuid = $1)sql"};

constexpr Sql kInsertConflict{R"sql(
  INSERT INTO fill_conflict (owner_id, mode, market, upbit_order_id, trade_uuid, price, volume, source)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT DO NOTHING)sql"};

std::string_view to_string(FillSource source) {
  return source == FillSource::kWebSocket ? "WS" : "REST";
}

}  // namespace

Result<std::optional<FillBook::OrderRow>> FillBook::find_order(store::Transaction& tx,
                                                               const std::string& uuid) const {
  auto rows = tx.exec(kFindOrder, uuid);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<OrderRow>();
  const Row row = rows->front();
  OrderRow order;
  order.id = row.get<OrderId>(0);
  order.market = row.get<std::string>(1);
  order.ours = row.text(2) == "OURS";
  order.final_state = row.text(3) == "done" || row.text(3) == "cancel";
  order.executed_volume = row.get<Decimal>(4);
  order.closed = row.get<bool>(5);
  order.uuid = row.get<std::string>(11);
  if (order.ours) {
    order.intent = row.get<IntentId>(6);
    order.intent_type = parse_intent_type(row.text(7)).value_or(IntentType::kExitManual);
    order.entry = row.get<IntentId>(8);
    order.strategy_key = row.get<std::string>(9);
    order.trace_id = row.text(10);
  }
  return std::optional<OrderRow>(std::move(order));
}

Result<FillBook::Booked> FillBook::book(store::Transaction& tx, const plugins::Fill& fill,
                                        FillSource source) {
  auto order = find_order(tx, fill.order_uuid);
  if (!order) return order.error();
  if (!*order) return Booked::kNoOrder;
  auto inserted = tx.exec(kInsertFill, parts_.owner, trading::to_string(parts_.mode),
                          (*order)->market, (*order)->id, fill.trade_uuid, fill.trade_time,
                          fill.price, fill.volume, fill.funds, fill.fee, to_string(source));
  if (!inserted) return inserted.error();
  if (inserted->affected() == 0) {
    auto same = tx.exec(kSameFill, fill.trade_uuid, (*order)->id, fill.price, fill.volume);
    if (!same) return same.error();
    if (same->front().get<bool>(0)) return Booked::kKnown;
    if (auto kept = keep_conflict(tx, **order, fill, source); !kept) return kept.error();
    return Booked::kConflict;
  }
  if ((*order)->ours) {
    if (auto applied = apply(tx, **order, fill); !applied) return applied.error();
  }
  return Booked::kNew;
}

Result<void> FillBook::keep_conflict(store::Transaction& tx, const OrderRow& order,
                                     const plugins::Fill& fill, FillSource source) const {
  log_critical("fill_conflict", {{"market", order.market},
                                 {"trade_uuid", fill.trade_uuid},
                                 {"price", fill.price},
                                 {"volume", fill.volume}});
  auto kept = tx.exec(kInsertConflict, parts_.owner, trading::to_string(parts_.mode), order.market,
                      order.id, fill.trade_uuid, fill.price, fill.volume, to_string(source));
  if (!kept) return kept.error();
  return {};
}

EntryKey FillBook::entry_of(const OrderRow& order) const {
  return {parts_.owner, parts_.mode, order.market, order.entry, order.strategy_key};
}

Result<void> FillBook::apply(store::Transaction& tx, const OrderRow& order,
                             const plugins::Fill& fill) {
  crash_point(CrashPoint::kFillInserted);
  const Side side = side_of(order.intent_type);
  const auto position = book_move(tx, entry_of(order), {side, fill.volume});
  if (!position) return position.error();
  crash_point(CrashPoint::kPositionChanged);
  JsonWriter changed;
  changed.begin_object()
      .field("quantity", position->quantity)
      .field("avgPrice", position->avg_price)
      .field("dust", position->dust)
      .end_object();
  if (auto told = tell(tx, order, "PositionChanged", changed.take()); !told) return told.error();
  JsonWriter payload;
  payload.begin_object()
      .field("upbitUuid", order.uuid)
      .field("tradeUuid", fill.trade_uuid)
      .field("side", trading::to_string(side))
      .field("intentType", trading::to_string(order.intent_type))
      .field("price", fill.price)
      .field("volume", fill.volume)
      .field("fee", fill.fee)
      .field("tradeTime", fill.trade_time)
      .end_object();
  return tell(tx, order, "OrderFilled", payload.take());
}

Result<void> FillBook::tell(store::Transaction& tx, const OrderRow& order, std::string_view type,
                            std::string payload) {
  return parts_.outbox.add(
      tx, {kTradeEvents, type, "upbit_order", order.id.value(), order.market, order.strategy_key,
           order.trace_id, std::move(payload), std::nullopt});
}

}  // namespace everbit::trading

#include "trading/portfolio/position_adjustment.h"

#include "base/json_writer.h"
#include "store/trading_transaction.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr Sql kPosition{R"sql(
  SELECT p.quantity, p.avg_price, p.dust_quantity, p.status = 'OPEN', p.entry_intent_id,
         coalesce(p.strategy_key, ''),
         EXISTS (SELECT FROM order_intent i
                 WHERE i.owner_id = $1 AND i.market = $2 AND i.mode = $3 AND i.status = 'CREATED')
  FROM (SELECT) one
  LEFT JOIN position p ON p.owner_id = $1 AND p.market = $2 AND p.mode = $3)sql"};

constexpr Sql kInsert{R"sql(
  INSERT INTO position_adjustment (owner_id, market, mode, quantity_before, quantity_after,
                                   avg_price_before, avg_price_after, price, reason, actor,
                                   entry_intent_id, dust_before)
  VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11)
  RETURNING id)sql"};

constexpr Sql kSetAverage{"UPDATE position_adjustment SET avg_price_after = $2 WHERE id = $1"};

constexpr Sql kDropDust{R"sql(
  UPDATE position SET dust_quantity = 0 WHERE owner_id = $1 AND market = $2 AND mode = $3)sql"};

// Whether it still differs is for the next two readings to say; an agreement needs no such wait.
constexpr Sql kDropMismatch{R"sql(
  DELETE FROM position_mismatch
  WHERE owner_id = $1 AND market = $2 AND mode = $3 AND at_exchange = $4)sql"};

constexpr Sql kAudit{R"sql(
  INSERT INTO audit_log (owner_id, actor, actor_uid, action, target, before_json, after_json)
  VALUES ($1, $2, $3, 'position_adjustment', $4, $5, $6))sql"};

struct PositionRow {
  PositionNumbers numbers;
  bool open = false;
  std::optional<IntentId> entry;
  std::string strategy_key;
};

Result<PositionRow> read(store::TradingTransaction& tx, const std::string& market, Mode mode) {
  auto rows = tx.exec(kPosition, tx.owner(), market, to_string(mode));
  if (!rows) return rows.error();
  const store::Row row = rows->front();
  if (row.get<bool>(6)) {
    return Error("INTENT_OPEN", "an order of the market is on its way; wait until it ended",
                 market);
  }
  PositionRow position;
  position.numbers = {row.get<std::optional<Decimal>>(0).value_or(Decimal()),
                      row.get<std::optional<Decimal>>(1).value_or(Decimal()),
                      row.get<std::optional<Decimal>>(2).value_or(Decimal())};
  position.open = row.get<std::optional<bool>>(3).value_or(false);
  position.entry = row.get<std::optional<IntentId>>(4);
  position.strategy_key = row.get<std::string>(5);
  return position;
}

std::string to_json(const PositionNumbers& numbers, const Adjustment* why) {
  JsonWriter json;
  json.begin_object()
      .field("quantity", numbers.quantity)
      .field("avgPrice", numbers.avg_price)
      .field("dust", numbers.dust);
  if (why != nullptr) json.field("price", why->price).field("reason", why->reason);
  return json.end_object().take();
}

Result<Adjusted> adjust_in(store::TradingTransaction& tx, Mode mode, const Adjustment& wanted) {
  auto row = read(tx, wanted.market, mode);
  if (!row) return row.error();
  Adjusted adjusted{row->numbers, row->numbers};
  const PositionNumbers& before = adjusted.before;
  if (wanted.quantity == before.quantity && before.dust.is_zero()) return adjusted;
  if (wanted.quantity.is_positive() && (!row->open || !row->entry)) {
    return Error("NO_POSITION", "there is no open position to correct", wanted.market);
  }
  const Decimal price = wanted.price.value_or(before.avg_price);
  const auto mode_text = to_string(mode);
  auto inserted =
      tx.exec(kInsert, tx.owner(), wanted.market, mode_text, before.quantity, wanted.quantity,
              before.avg_price, price, wanted.reason, wanted.actor, row->entry, before.dust);
  if (!inserted) return inserted.error();
  // First, or what is taken from the position would be looked for in the dust.
  auto dropped = tx.exec(kDropDust, tx.owner(), wanted.market, mode_text);
  if (!dropped) return dropped.error();
  adjusted.after.dust = Decimal();
  if (wanted.quantity != before.quantity) {
    const Side side = wanted.quantity > before.quantity ? Side::kBuy : Side::kSell;
    auto moved = book_move(tx.transaction(),
                           {tx.owner(), mode, wanted.market, *row->entry, row->strategy_key},
                           {side, (wanted.quantity - before.quantity).abs()});
    if (!moved) return moved.error();
    adjusted.after = *moved;
    auto set = tx.exec(kSetAverage, inserted->front().get<std::int64_t>(0), moved->avg_price);
    if (!set) return set.error();
  }
  return adjusted;
}

Result<void> audit(store::TradingTransaction& tx, const Adjustment& wanted,
                   const Adjusted& adjusted) {
  auto written = tx.exec(kAudit, tx.owner(), wanted.actor, wanted.uid, wanted.market,
                         to_json(adjusted.before, nullptr), to_json(adjusted.after, &wanted));
  if (!written) return written.error();
  return {};
}

}  // namespace

Result<Adjusted> adjust_position(store::Pool& pool, OwnerId owner, Mode mode,
                                 const Adjustment& adjustment, Deadline deadline) {
  store::Locks locks;
  locks.markets = {adjustment.market};
  auto tx = store::TradingTransaction::begin(pool, owner, locks, deadline);
  if (!tx) return tx.error();
  auto adjusted = adjust_in(*tx, mode, adjustment);
  if (!adjusted) return adjusted.error();
  if (!adjusted->changed()) return adjusted;
  if (auto written = audit(*tx, adjustment, *adjusted); !written) return written.error();
  auto settled =
      tx->exec(kDropMismatch, owner, adjustment.market, to_string(mode), adjusted->after.quantity);
  if (!settled) return settled.error();
  const auto commit = tx->commit();
  if (commit.undecided()) {
    return Error("COMMIT_UNDECIDED", "the database did not answer: it may be stored or not");
  }
  if (!commit.committed()) return commit.error;
  return adjusted;
}

}  // namespace everbit::trading

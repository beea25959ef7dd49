#include "trading/intent/market_facts.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kMarket{R"sql(
  SELECT c.enabled, coalesce(p.quantity, 0), coalesce(p.dust_quantity, 0),
         CASE WHEN p.status = 'OPEN' THEN p.entry_intent_id END,
         o.intent_id, o.attempt_id, coalesce(o.status = 'PREPARED', false),
         EXISTS (SELECT FROM order_attempt a
                 WHERE a.owner_id = $1 AND a.market = $2 AND a.mode = $3
                   AND a.status IN ('SENT', 'UNKNOWN')),
         EXISTS (SELECT FROM exchange_block b
                 WHERE b.owner_id = $1 AND b.side = 'exchange' AND b.blocked_until > now()),
         (SELECT balance FROM account_balance b
          WHERE b.owner_id = $1 AND b.mode = $3 AND b.currency = $4)
  FROM market_config c
  LEFT JOIN position p ON p.owner_id = c.owner_id AND p.market = c.market AND p.mode = $3
  LEFT JOIN LATERAL (
    SELECT i.id AS intent_id, a.id AS attempt_id, a.status
    FROM order_intent i LEFT JOIN order_attempt a ON a.order_intent_id = i.id
    WHERE i.owner_id = $1 AND i.market = $2 AND i.mode = $3 AND i.status = 'CREATED'
    ORDER BY a.attempt_no DESC LIMIT 1) o ON true
  WHERE c.owner_id = $1 AND c.market = $2)sql"};

// Slots are positions and the markets of open entries, each market once.
constexpr Sql kBudget{R"sql(
  SELECT coalesce((SELECT balance FROM account_balance
                   WHERE owner_id = $1 AND mode = $2 AND currency = $3), 0)
         - coalesce((SELECT sum(requested_krw) * (1 + $4::numeric) FROM order_intent
                     WHERE owner_id = $1 AND mode = $2 AND status = 'CREATED'
                       AND intent_type = 'ENTRY'), 0),
         (SELECT count(*) FROM (
            SELECT market FROM position WHERE owner_id = $1 AND mode = $2 AND status = 'OPEN'
            UNION
            SELECT market FROM order_intent
            WHERE owner_id = $1 AND mode = $2 AND status = 'CREATED' AND intent_type = 'ENTRY') open)::int)sql"};

}  // namespace

Result<MarketFacts> load_market_facts(store::TradingTransaction& tx, const InstanceKey& key) {
  auto rows =
      tx.exec(kMarket, key.owner, key.market, to_string(key.mode), base_currency(key.market));
  if (!rows) return rows.error();
  if (rows->empty()) return Error("MARKET_UNKNOWN", "no such market", key.market);
  const Row row = rows->front();
  MarketFacts facts;
  facts.enabled = row.get<bool>(0);
  facts.quantity = row.get<Decimal>(1);
  facts.dust = row.get<Decimal>(2);
  facts.entry_intent = row.get<std::optional<IntentId>>(3);
  facts.open_intent = row.get<std::optional<IntentId>>(4);
  facts.open_attempt = row.get<std::optional<AttemptId>>(5);
  facts.open_attempt_prepared = row.get<bool>(6);
  facts.attempt_in_flight = row.get<bool>(7);
  facts.exchange_blocked = row.get<bool>(8);
  facts.free_coins = row.get<std::optional<Decimal>>(9);
  return facts;
}

Result<EntryBudget> load_entry_budget(store::TradingTransaction& tx, const InstanceKey& key,
                                      Decimal fee_rate) {
  auto rows =
      tx.exec(kBudget, key.owner, to_string(key.mode), quote_currency(key.market), fee_rate);
  if (!rows) return rows.error();
  const Row row = rows->front();
  auto cash = Decimal::parse(row.text(0), DecimalParse::kDown);
  if (!cash) return cash.error();
  return EntryBudget{*cash, row.get<int>(1), fee_rate};
}

}  // namespace everbit::trading

#include "trading/intent/market_facts.h"

#include <algorithm>

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kMarket{R"sql(
  SELECT c.enabled, coalesce(p.quantity, 0), coalesce(p.dust_quantity, 0),
         CASE WHEN p.status = 'OPEN' THEN p.entry_intent_id END, coalesce(p.strategy_key, ''),
         EXISTS (SELECT FROM order_attempt a
                 WHERE a.owner_id = $1 AND a.market = $2 AND a.mode = $3
                   AND a.status IN ('SENT', 'UNKNOWN')),
         EXISTS (SELECT FROM exchange_block b
                 WHERE b.owner_id = $1 AND b.side = 'exchange' AND b.blocked_until > now()),
         (SELECT balance FROM account_balance b
          WHERE b.owner_id = $1 AND b.mode = $3 AND b.currency = $4)
  FROM market_config c
  LEFT JOIN position p ON p.owner_id = c.owner_id AND p.market = c.market AND p.mode = $3
  WHERE c.owner_id = $1 AND c.market = $2)sql"};

constexpr Sql kOpenIntent{R"sql(
  SELECT i.id, i.public_id, i.intent_type, i.requested_volume, a.id,
         coalesce(a.status = 'PREPARED', false)
  FROM order_intent i LEFT JOIN order_attempt a ON a.order_intent_id = i.id
  WHERE i.owner_id = $1 AND i.market = $2 AND i.mode = $3 AND i.status = 'CREATED'
  ORDER BY a.attempt_no DESC LIMIT 1)sql"};

// Slots are positions and the markets of open entries, each market once. An entry counts for the
// hour once it had an attempt.
constexpr Sql kBudget{R"sql(
  WITH entries AS (
    SELECT market, requested_krw FROM order_intent
    WHERE owner_id = $1 AND mode = $2 AND status = 'CREATED' AND intent_type = 'ENTRY'),
  held AS (
    SELECT market, quantity * avg_price AS cost FROM position
    WHERE owner_id = $1 AND mode = $2 AND status = 'OPEN')
  SELECT coalesce((SELECT balance FROM account_balance
                   WHERE owner_id = $1 AND mode = $2 AND currency = $3), 0)
         - coalesce((SELECT sum(requested_krw) * (1 + $4::numeric) FROM entries), 0),
         (SELECT count(*) FROM (SELECT market FROM held UNION SELECT market FROM entries) open)::int,
         coalesce((SELECT sum(cost) FROM held), 0)
           + coalesce((SELECT sum(requested_krw) FROM entries), 0),
         (SELECT count(*) FROM order_intent i
          WHERE i.owner_id = $1 AND i.mode = $2 AND i.intent_type = 'ENTRY'
            AND i.created_at > now() - interval '1 hour'
            AND EXISTS (SELECT FROM order_attempt a WHERE a.order_intent_id = i.id))::int)sql"};

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
  facts.strategy_key = row.get<std::string>(4);
  facts.attempt_in_flight = row.get<bool>(5);
  facts.exchange_blocked = row.get<bool>(6);
  facts.free_coins = row.get<std::optional<Decimal>>(7);

  auto open = tx.exec(kOpenIntent, key.owner, key.market, to_string(key.mode));
  if (!open) return open.error();
  for (const Row one : *open) {
    facts.open_intent = OpenIntent{one.get<IntentId>(0),
                                   one.get<Uuid>(1),
                                   parse_intent_type(one.text(2)).value_or(IntentType::kEntry),
                                   one.get<std::optional<Decimal>>(3),
                                   one.get<std::optional<AttemptId>>(4),
                                   one.get<bool>(5)};
  }
  return facts;
}

GateFacts gate_facts(const store::TradingTransaction& tx, const InstanceKey& key,
                     const MarketFacts& facts, const Restriction& told) {
  GateFacts gate;
  gate.exchange_blocked = facts.exchange_blocked;
  gate.intent_open = facts.open_intent.has_value();
  gate.strategy_switch_on =
      tx.kill_switch().strategy_enabled(key.strategy_key) && !told.stops(key.strategy_key);
  gate.account = std::max(tx.kill_switch().account, told.position);
  const store::MarketState* market = tx.market(key.market);
  gate.market_suspended = market == nullptr || market->suspended;
  gate.attempt_in_flight = facts.attempt_in_flight;
  gate.market_enabled = facts.enabled;
  gate.position_open = facts.is_held();
  return gate;
}

std::optional<Decimal> exit_volume(const MarketFacts& facts, std::optional<Decimal> part,
                                   std::optional<Decimal> price, Decimal min_total) {
  Decimal volume = part ? std::min(*part, facts.quantity) : facts.quantity + facts.dust;
  if (facts.free_coins) volume = std::min(volume, *facts.free_coins);
  volume = volume.rounded(8, Rounding::kDown);
  if (!volume.is_positive()) return std::nullopt;
  if (price && mul(volume, *price, Rounding::kDown) < min_total) return std::nullopt;
  return volume;
}

Result<EntryBudget> load_entry_budget(store::TradingTransaction& tx, const InstanceKey& key,
                                      Decimal fee_rate, const EntryLimits& limits) {
  auto rows =
      tx.exec(kBudget, key.owner, to_string(key.mode), quote_currency(key.market), fee_rate);
  if (!rows) return rows.error();
  const Row row = rows->front();
  auto cash = Decimal::parse(row.text(0), DecimalParse::kDown);
  if (!cash) return cash.error();
  auto exposed = Decimal::parse(row.text(2), DecimalParse::kDown);
  if (!exposed) return exposed.error();
  EntryBudget budget{*cash, row.get<int>(1), fee_rate};
  if (limits.max_exposure.is_positive()) budget.exposure = limits.max_exposure - *exposed;
  if (limits.max_entries_per_hour > 0) {
    budget.orders = limits.max_entries_per_hour - row.get<int>(3);
  }
  return budget;
}

}  // namespace everbit::trading

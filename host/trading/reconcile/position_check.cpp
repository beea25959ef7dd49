#include "trading/reconcile/position_check.h"

#include "base/log.h"
#include "store/trading_transaction.h"
#include "trading/execution/suspension.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr std::chrono::seconds kBudget{5};

// Of all markets that are traded or have been.
constexpr Sql kHoldings{R"sql(
  SELECT c.market, coalesce(p.quantity + p.dust_quantity, 0),
         coalesce((SELECT max(f.id) FROM fill f
                   WHERE f.owner_id = c.owner_id AND f.mode = $2 AND f.market = c.market), 0),
         EXISTS (SELECT FROM order_intent i
                 WHERE i.owner_id = c.owner_id AND i.mode = $2 AND i.market = c.market
                   AND i.status = 'CREATED'),
         m.market IS NOT NULL
  FROM market_config c
  LEFT JOIN position p ON p.owner_id = c.owner_id AND p.market = c.market AND p.mode = $2
  LEFT JOIN position_mismatch m ON m.owner_id = c.owner_id AND m.market = c.market AND m.mode = $2
  WHERE c.owner_id = $1 AND ($3 = '' OR c.market = $3)
    AND (c.enabled OR p.market IS NOT NULL OR m.market IS NOT NULL))sql"};

constexpr Sql kReport{R"sql(
  INSERT INTO position_mismatch AS m (owner_id, market, mode, held, at_exchange)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (owner_id, market, mode) DO UPDATE
  SET held = excluded.held, at_exchange = excluded.at_exchange, since = now()
  WHERE (m.held, m.at_exchange) IS DISTINCT FROM (excluded.held, excluded.at_exchange))sql"};

constexpr Sql kSettle{R"sql(
  DELETE FROM position_mismatch WHERE owner_id = $1 AND market = $2 AND mode = $3)sql"};

}  // namespace

Result<bool> PositionCheck::look(const std::vector<plugins::Account>& accounts, SteadyTime began) {
  auto holdings = read_holdings(accounts);
  if (!holdings) return holdings.error();
  bool more = false;
  for (const auto& [market, holding] : *holdings) {
    auto one = look_at(market, holding, began);
    if (!one) return one.error();
    more = more || *one;
  }
  return more;
}

Result<PositionCheck::Holdings> PositionCheck::read_holdings(
    const std::vector<plugins::Account>& accounts) {
  std::map<std::string_view, Decimal> coins;
  for (const plugins::Account& account : accounts) {
    coins[account.currency] = account.balance + account.locked;
  }
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kHoldings, parts_.owner,
                               to_string(parts_.mode), "");
  if (!rows) return rows.error();
  Holdings holdings;
  for (const Row row : *rows) {
    const auto market = row.get<std::string>(0);
    const auto coin = coins.find(base_currency(market));
    const Decimal at_exchange = coin == coins.end() ? Decimal() : coin->second;
    const Holding holding{row.get<Decimal>(1), at_exchange, row.get<std::int64_t>(2),
                          row.get<bool>(3)};
    if (!holding.differs() && row.get<bool>(4)) {
      if (auto settled = settle(market); !settled) return settled.error();
    }
    holdings.emplace(market, holding);
  }
  return holdings;
}

Result<bool> PositionCheck::look_at(const std::string& market, const Holding& holding,
                                    SteadyTime began) {
  if (!holding.differs() || holding.intent_open) {
    suspects_.erase(market);
    return false;
  }
  const auto [suspect, first] = suspects_.try_emplace(market, Suspect{holding, began});
  if (!first && suspect->second.holding != holding) {
    suspect->second = {holding, began};
    return true;
  }
  if (first) return true;
  if (began - suspect->second.since < kApart) return true;
  if (auto reported = report(market, holding); !reported) return reported.error();
  return false;
}

// What the two readings were compared with must still stand, now under the market's lock.
Result<void> PositionCheck::report(const std::string& market, const Holding& holding) {
  store::Locks locks;
  locks.markets = {market};
  locks.trader = parts_.trader;
  auto tx =
      store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, Deadline::after(kBudget));
  if (!tx) return tx.error();
  const auto mode = to_string(parts_.mode);
  auto now = tx->exec(kHoldings, parts_.owner, mode, market);
  if (!now) return now.error();
  if (now->empty() || now->front().get<Decimal>(1) != holding.held ||
      now->front().get<std::int64_t>(2) != holding.last_fill || now->front().get<bool>(3)) {
    suspects_.erase(market);
    return {};
  }
  auto reported = tx->exec(kReport, parts_.owner, market, mode, holding.held, holding.at_exchange);
  if (!reported) return reported.error();
  if (holding.at_exchange < holding.held) {
    auto suspended = suspend_market(tx->transaction(), parts_.outbox,
                                    {parts_.owner, market, "POSITION_MISMATCH", ""});
    if (!suspended) return suspended.error();
  }
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  parts_.outbox.committed();
  if (reported->affected() > 0) {
    log_error("position_mismatch",
              {{"market", market}, {"held", holding.held}, {"at_exchange", holding.at_exchange}});
  }
  return {};
}

Result<void> PositionCheck::settle(const std::string& market) {
  auto settled = parts_.pool.exec(Deadline::after(kBudget), kSettle, parts_.owner, market,
                                  to_string(parts_.mode));
  if (!settled) return settled.error();
  log_info("position_agrees_again", {{"market", market}});
  return {};
}

}  // namespace everbit::trading

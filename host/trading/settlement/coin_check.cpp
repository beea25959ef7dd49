#include "trading/settlement/coin_check.h"

namespace everbit::trading {
namespace {

constexpr std::chrono::seconds kBudget{5};

constexpr store::Sql kCoin{R"sql(
  SELECT a.base_before,
         (SELECT coalesce(sum(greatest(o.volume - o.executed_volume, 0)), 0) FROM upbit_order o
          WHERE o.owner_id = a.owner_id AND o.mode = a.mode AND o.side = 'ask'
            AND o.state NOT IN ('done', 'cancel')
            AND split_part(o.market, '-', 2) = split_part(a.market, '-', 2))
  FROM order_attempt a
  WHERE a.owner_id = $1 AND a.mode = $2 AND a.public_id = $3)sql"};

}  // namespace

bool is_untouched(const CoinState& coin) {
  return coin.balance == coin.before - coin.locked && coin.locked <= coin.locked_by_us;
}

bool is_coin_untouched(store::Pool& pool, const ExchangeGateway& gateway, OwnerId owner, Mode mode,
                       const OpenAttempt& attempt) {
  auto rows = pool.exec(Deadline::after(kBudget), kCoin, owner, to_string(mode), attempt.public_id);
  if (!rows || rows->empty() || rows->front().is_null(0)) return false;
  CoinState coin;
  coin.before = rows->front().get<Decimal>(0);
  coin.locked_by_us = rows->front().get<Decimal>(1);
  const GatewayAnswer answer =
      gateway.read(plugins::ExchangeOp::kAccounts, {}, net::RatePriority::kLookup);
  if (!answer.ok()) return false;
  // A coin that is not named is not held.
  for (const plugins::Account& account : answer.decoded.found.accounts) {
    if (account.currency != base_currency(attempt.market)) continue;
    coin.balance = account.balance;
    coin.locked = account.locked;
  }
  return is_untouched(coin);
}

}  // namespace everbit::trading

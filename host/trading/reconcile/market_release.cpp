#include "trading/reconcile/market_release.h"

#include "base/json_writer.h"
#include "store/trading_transaction.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr Sql kUnsettled{R"sql(
  SELECT coalesce(string_agg(public_id::text, ',' ORDER BY id), '')
  FROM order_attempt
  WHERE owner_id = $1 AND market = $2 AND status IN ('SENT', 'UNKNOWN'))sql"};

// By the newest balance, not by the last report: the owner may have put it right meanwhile. Before
// the first reading of the account nothing can be told.
constexpr Sql kHolds{R"sql(
  SELECT coalesce(p.quantity + p.dust_quantity, 0), coalesce(b.balance + b.locked, 0),
         EXISTS (SELECT FROM account_balance WHERE owner_id = $1 AND mode = $3)
  FROM (SELECT) one
  LEFT JOIN position p ON p.owner_id = $1 AND p.market = $2 AND p.mode = $3
  LEFT JOIN account_balance b ON b.owner_id = $1 AND b.mode = $3 AND b.currency = $4)sql"};

constexpr Sql kRelease{R"sql(
  UPDATE market_state
  SET trade_status = 'ACTIVE', suspend_reason_code = NULL, suspended_at = NULL
  WHERE owner_id = $1 AND market = $2)sql"};

constexpr Sql kAudit{R"sql(
  INSERT INTO audit_log (owner_id, actor, actor_uid, action, target, before_json, after_json)
  VALUES ($1, $2, $3, 'unsuspend', $4, $5, $6))sql"};

Result<void> check(store::TradingTransaction& tx, Mode mode, const std::string& market) {
  auto unsettled = tx.exec(kUnsettled, tx.owner(), market);
  if (!unsettled) return unsettled.error();
  if (const auto attempts = unsettled->front().get<std::string>(0); !attempts.empty()) {
    return Error("MARKET_HAS_UNKNOWN", "attempts without a known end", attempts);
  }
  auto holds = tx.exec(kHolds, tx.owner(), market, to_string(mode), base_currency(market));
  if (!holds) return holds.error();
  const auto [held, at_exchange, was_read] = holds->front().as<Decimal, Decimal, bool>();
  if (was_read && at_exchange < held) {
    return Error("POSITION_MISMATCH",
                 "the position is " + held.to_string() + ", the account has " +
                     at_exchange.to_string() + ": everbit position set",
                 market);
  }
  return {};
}

std::string to_json(const std::string& status, std::string_view key, const std::string& value) {
  JsonWriter json;
  return json.begin_object().field("tradeStatus", status).field(key, value).end_object().take();
}

}  // namespace

Result<bool> release_market(store::Pool& pool, OwnerId owner, Mode mode, const Release& release,
                            Deadline deadline) {
  store::Locks locks;
  locks.markets = {release.market};
  auto tx = store::TradingTransaction::begin(pool, owner, locks, deadline);
  if (!tx) return tx.error();
  const store::MarketState& state = *tx->market(release.market);
  if (!state.suspended) return false;
  if (auto good = check(*tx, mode, release.market); !good) return good.error();
  if (auto done = tx->exec(kRelease, owner, release.market); !done) return done.error();
  auto audited =
      tx->exec(kAudit, owner, release.actor, release.uid, release.market,
               to_json("SUSPENDED", "suspendReasonCode", state.suspend_reason_code.value_or("")),
               to_json("ACTIVE", "reason", release.reason));
  if (!audited) return audited.error();
  const auto commit = tx->commit();
  if (commit.undecided()) {
    return Error("COMMIT_UNDECIDED", "the database did not answer: it may be stored or not");
  }
  if (!commit.committed()) return commit.error;
  return true;
}

}  // namespace everbit::trading

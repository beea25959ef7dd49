#include "trading/settlement/unknown_limit.h"

#include "store/trading_transaction.h"
#include "trading/control/automatic_switch.h"

namespace everbit::trading {
namespace {

constexpr std::chrono::seconds kBudget{5};
constexpr int kMostUnknown = 3;

constexpr store::Sql kCount{R"sql(
  SELECT count(*)
  FROM order_attempt a
  JOIN kill_switch k ON k.owner_id = a.owner_id
  WHERE a.owner_id = $1 AND a.mode = $2 AND k.account_position = 'ON'
    AND a.unknown_at > greatest(now() - interval '10 min', k.changed_at))sql"};

}  // namespace

Result<void> limit_unknown(store::Pool& pool, Outbox& outbox, OwnerId owner, Mode mode) {
  const Deadline deadline = Deadline::after(kBudget);
  auto rows = pool.exec(deadline, kCount, owner, to_string(mode));
  if (!rows) return rows.error();
  if (rows->front().get<int>(0) <= kMostUnknown) return {};
  store::Locks locks;
  locks.kill_switch = store::RowLock::kUpdate;
  auto tx = store::TradingTransaction::begin(pool, owner, locks, deadline);
  if (!tx) return tx.error();
  // Again, now that nobody can move the switch.
  auto now = tx->exec(kCount, owner, to_string(mode));
  if (!now) return now.error();
  if (now->front().get<int>(0) <= kMostUnknown) return {};
  auto moved = tighten_account_switch(tx->transaction(), outbox,
                                      {owner, AccountPosition::kExitsOnly, "UNKNOWN_ATTEMPTS", {}});
  if (!moved) return moved.error();
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  outbox.committed();
  return {};
}

}  // namespace everbit::trading

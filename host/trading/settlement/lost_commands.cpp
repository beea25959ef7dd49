#include "trading/settlement/lost_commands.h"

#include "base/log.h"
#include "store/trading_transaction.h"
#include "trading/execution/attempt.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr std::chrono::seconds kBudget{5};

constexpr Sql kDead{R"sql(
  SELECT a.public_id
  FROM outbox_dead d
  JOIN order_attempt a
    ON a.public_id::text = d."row" -> 'payload_json' -> 'payload' ->> 'attemptPublicId'
  WHERE d.grp = 'order-executor' AND a.owner_id = $1 AND a.mode = $2
    AND a.status IN ('PREPARED', 'SENT'))sql"};

// A command is live as long as its row waits, a delayed one too; that of a command in hand goes
// when it is settled.
constexpr Sql kLost{R"sql(
  WITH live AS (
    SELECT e.payload_json -> 'payload' ->> 'attemptPublicId' AS attempt
    FROM (SELECT event_id FROM outbox_queue UNION ALL SELECT event_id FROM outbox_delayed) waiting
    JOIN outbox_event e ON e.event_id = waiting.event_id
    WHERE e.stream = 'everbit.trade.command')
  SELECT a.public_id, a.market, i.intent_type
  FROM order_attempt a
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  WHERE a.owner_id = $1 AND a.mode = $2 AND a.status = 'PREPARED'
    AND a.created_at < now() - interval '60 s'
    AND (i.intent_type <> 'ENTRY' OR s.candle_close_time < $3)
    AND NOT EXISTS (SELECT FROM live WHERE live.attempt = a.public_id::text))sql"};

}  // namespace

void LostCommands::look() {
  settle_dead();
  suspend_lost();
}

void LostCommands::settle_dead() {
  auto dead =
      parts_.pool.exec(Deadline::after(kBudget), kDead, parts_.owner, to_string(parts_.mode));
  if (!dead) return;
  for (const Row row : *dead) (void)parts_.settle_dead(row.get<Uuid>(0));
}

void LostCommands::suspend_lost() {
  const Timestamp fresh_from = parts_.exchange_clock.now_or_local() - parts_.signal_period;
  auto lost = parts_.pool.exec(Deadline::after(kBudget), kLost, parts_.owner,
                               to_string(parts_.mode), fresh_from);
  if (!lost) return;
  for (const Row row : *lost) suspend(row.get<Uuid>(0));
}

void LostCommands::suspend(const Uuid& public_id) {
  auto reading = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!reading) return;
  auto found = find_attempt(*reading, public_id);
  reading->rollback();
  if (!found || !*found) return;
  const Attempt& attempt = **found;
  store::Locks locks;
  locks.markets = {attempt.market};
  locks.trader = parts_.instance;
  auto tx =
      store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, Deadline::after(kBudget));
  if (!tx) return;
  auto facts = load_send_facts(*tx, attempt);
  if (!facts || facts->status != AttemptStatus::kPrepared) return;
  auto ended =
      end_attempt(tx->transaction(), attempt, AttemptStatus::kSuspended, "COMMAND_LOST", "");
  if (!ended || !tx->commit().committed()) return;
  log_critical("command_lost", {{"market", attempt.market},
                                {"intent", to_string(attempt.type)},
                                {"identifier", attempt.identifier},
                                {"trace_id", attempt.trace_id}});
}

}  // namespace everbit::trading

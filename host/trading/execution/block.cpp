#include "trading/execution/block.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "trading/control/automatic_switch.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr Sql kBlock{R"sql(
  INSERT INTO exchange_block AS b (owner_id, side, blocked_until, count)
  VALUES ($1, 'exchange', now() + make_interval(secs => CASE WHEN $2::int > 0 THEN $2::int ELSE 60 END), 1)
  ON CONFLICT (owner_id, side) DO UPDATE
  SET count = b.count + 1,
      blocked_until = greatest(b.blocked_until, now() + make_interval(
        secs => CASE WHEN $2::int > 0 THEN $2::int ELSE 60 * (2 ^ least(b.count, 10)) END))
  RETURNING blocked_until)sql"};

}  // namespace

Result<void> store_exchange_block(store::Transaction& tx, Outbox& outbox,
                                  const ExchangeBlock& block) {
  auto blocked = tx.exec(kBlock, block.owner, static_cast<std::int64_t>(block.named.count()));
  if (!blocked) return blocked.error();
  const auto until = blocked->front().get<Timestamp>(0);
  log_critical("exchange_blocked", {{"until", until.to_iso()}, {"trace_id", block.trace_id}});
  JsonWriter payload;
  payload.begin_object().field("side", "exchange").field("blockedUntil", until).end_object();
  auto told = outbox.add(tx, {kSystemEvents, "Blocked418", "owner", block.owner.value(), "", "",
                              block.trace_id, payload.take(), std::nullopt});
  if (!told) return told.error();

  auto switched = tighten_account_switch(
      tx, outbox, {block.owner, AccountPosition::kOff, "UPBIT_BLOCKED_418", block.trace_id});
  if (!switched) return switched.error();
  return {};
}

}  // namespace everbit::trading

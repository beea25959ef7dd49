#include "trading/execution/block.h"

#include "base/json_writer.h"
#include "base/log.h"

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

constexpr Sql kSwitchOff{R"sql(
  UPDATE kill_switch
  SET account_position = 'OFF', flatten_active = false, reason_code = 'UPBIT_BLOCKED_418',
      changed_by = 'everbitd', changed_at = now()
  WHERE owner_id = $1 AND account_position <> 'OFF')sql"};

constexpr Sql kAudit{R"sql(
  INSERT INTO audit_log (owner_id, actor, action, target, after_json)
  VALUES ($1, 'everbitd', 'kill_switch', 'account', '{"position":"OFF","reasonCode":"UPBIT_BLOCKED_418"}'))sql"};

Result<void> tell(store::Transaction& tx, Outbox& outbox, const ExchangeBlock& block,
                  std::string_view type, std::string payload) {
  return outbox.add(tx, {kSystemEvents, type, "owner", block.owner.value(), "", "", block.trace_id,
                         std::move(payload), std::nullopt});
}

}  // namespace

Result<void> store_exchange_block(store::Transaction& tx, Outbox& outbox,
                                  const ExchangeBlock& block) {
  auto blocked = tx.exec(kBlock, block.owner, static_cast<std::int64_t>(block.named.count()));
  if (!blocked) return blocked.error();
  const auto until = blocked->front().get<Timestamp>(0);
  log_critical("exchange_blocked", {{"until", until.to_iso()}, {"trace_id", block.trace_id}});
  JsonWriter payload;
  payload.begin_object().field("side", "exchange").field("blockedUntil", until).end_object();
  if (auto told = tell(tx, outbox, block, "Blocked418", payload.take()); !told) return told.error();

  auto switched = tx.exec(kSwitchOff, block.owner);
  if (!switched) return switched.error();
  if (switched->affected() == 0) return {};
  if (auto audited = tx.exec(kAudit, block.owner); !audited) return audited.error();
  JsonWriter off;
  off.begin_object().field("position", "OFF").field("reasonCode", "UPBIT_BLOCKED_418").end_object();
  return tell(tx, outbox, block, "KillSwitchChanged", off.take());
}

}  // namespace everbit::trading

#include "trading/execution/block.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "trading/control/automatic_switch.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr Sql kBlock{R"sql(
  INSERT INTO exchange_block AS b (owner_id, side, blocked_until, seen_body_hash, count)
  VALUES ($1, $2, now() + make_interval(secs => CASE WHEN $3::int > 0 THEN $3::int ELSE 60 END),
          encode(sha256($4), 'hex'), 1)
  ON CONFLICT (owner_id, side) DO UPDATE
  SET count = CASE WHEN b.blocked_until < now() - interval '1 day' THEN 1 ELSE b.count + 1 END,
      seen_body_hash = excluded.seen_body_hash,
      blocked_until = greatest(b.blocked_until, now() + make_interval(
        secs => CASE WHEN $3::int > 0 THEN $3::int
                     WHEN b.blocked_until < now() - interval '1 day' THEN 60
                     ELSE 60 * (2 ^ least(b.count, 10)) END))
  RETURNING blocked_until)sql"};

}  // namespace

Result<void> store_exchange_block(store::Transaction& tx, Outbox& outbox,
                                  const ExchangeBlock& block) {
  const std::string_view side = block.side == net::RateSide::kExchange ? "exchange" : "quotation";
  const store::Bytes body{
      {reinterpret_cast<const std::uint8_t*>(block.body.data()), block.body.size()}};
  auto blocked = tx.exec(kBlock, block.owner, side, block.named.count(), body);
  if (!blocked) return blocked.error();
  const auto until = blocked->front().get<Timestamp>(0);
  log_critical("exchange_blocked",
               {{"side", side}, {"until", until.to_iso()}, {"trace_id", block.trace_id}});
  JsonWriter payload;
  payload.begin_object().field("side", side).field("blockedUntil", until).end_object();
  auto told = outbox.add(tx, {kSystemEvents, "Blocked418", "owner", block.owner.value(), "", "",
                              block.trace_id, payload.take(), std::nullopt});
  if (!told) return told.error();

  if (block.side == net::RateSide::kQuotation) return {};
  auto switched = tighten_account_switch(
      tx, outbox, {block.owner, AccountPosition::kOff, "UPBIT_BLOCKED_418", block.trace_id});
  if (!switched) return switched.error();
  return {};
}

}  // namespace everbit::trading

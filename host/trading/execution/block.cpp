#include "trading/execution/block.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "trading/control/automatic_switch.h"
#include "trading/gateway/stored_blocks.h"

namespace everbit::trading {
Result<void> store_exchange_block(store::Transaction& tx, Outbox& outbox,
                                  const ExchangeBlock& block) {
  const auto until = write_block(tx, block.owner, block.side, block.named, block.body);
  if (!until) return until.error();
  const std::string_view side = to_string(block.side);
  log_critical("exchange_blocked",
               {{"side", side}, {"until", until->to_iso()}, {"trace_id", block.trace_id}});
  JsonWriter payload;
  payload.begin_object().field("side", side).field("blockedUntil", *until).end_object();
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

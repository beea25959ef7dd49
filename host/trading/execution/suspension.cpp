#include "trading/execution/suspension.h"

#include "base/json_writer.h"
#include "base/log.h"

namespace everbit::trading {
namespace {

constexpr store::Sql kSuspend{R"sql(
  UPDATE market_state
  SET trade_status = 'SUSPENDED', suspend_reason_code = $3, suspended_at = now()
  WHERE owner_id = $1 AND market = $2 AND trade_status = 'ACTIVE')sql"};

}  // namespace

Result<void> suspend_market(store::Transaction& tx, Outbox& outbox, const Suspension& suspension) {
  auto changed = tx.exec(kSuspend, suspension.owner, suspension.market, suspension.reason_code);
  if (!changed) return changed.error();
  if (changed->affected() == 0) return {};
  log_critical("market_suspended", {{"market", suspension.market},
                                    {"reason", suspension.reason_code},
                                    {"trace_id", suspension.trace_id}});
  JsonWriter payload;
  payload.begin_object().field("reasonCode", suspension.reason_code).end_object();
  return outbox.add(tx, {kSystemEvents, "MarketSuspended", "market", 0, suspension.market, "",
                         suspension.trace_id, payload.take(), std::nullopt});
}

}  // namespace everbit::trading

#include "trading/intent/exit_events.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"
#include "trading/risk/reason.h"

namespace everbit::trading {
namespace {

bool is_told(const std::string& refusal) {
  return refusal == code_of(RefusalReason::kMarketSuspended) ||
         refusal == code_of(RefusalReason::kStrategyOff) ||
         refusal == code_of(RefusalReason::kAccountOff);
}

Result<void> tell(store::TradingTransaction& tx, Outbox& outbox, const AskedExit& exit,
                  std::string_view type, std::string payload) {
  return outbox.add(tx.transaction(),
                    {kSystemEvents, type, "market", 0, exit.key.market, exit.key.strategy_key,
                     exit.trace_id, std::move(payload), std::nullopt});
}

}  // namespace

Result<void> tell_of_refused_exit(store::TradingTransaction& tx, Outbox& outbox,
                                  const AskedExit& exit, const std::vector<std::string>& refusals) {
  if (std::ranges::none_of(refusals, is_told)) return {};
  JsonWriter payload;
  payload.begin_object()
      .field("mode", to_string(exit.key.mode))
      .field("intentType", exit.intent_type)
      .field("candleCloseTime", exit.close)
      .key("reasonCodes")
      .begin_array();
  for (const std::string& refusal : refusals) payload.value(refusal);
  payload.end_array().end_object();
  return tell(tx, outbox, exit, "ExitRefused", payload.take());
}

Result<void> tell_of_stop_while_off(store::TradingTransaction& tx, Outbox& outbox,
                                    const AskedExit& exit, Decimal stop, Decimal close) {
  log_critical(
      "stop_passed_while_off",
      {{"market", exit.key.market}, {"stop", stop}, {"close", close}, {"trace_id", exit.trace_id}});
  JsonWriter payload;
  payload.begin_object()
      .field("mode", to_string(exit.key.mode))
      .field("candleCloseTime", exit.close)
      .field("stop", stop)
      .field("close", close)
      .end_object();
  return tell(tx, outbox, exit, "StopPassedWhileOff", payload.take());
}

}  // namespace everbit::trading

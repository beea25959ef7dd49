#include "store/strategy_state.h"

namespace everbit::store {
namespace {

constexpr Sql kAdvance{
    "SELECT advance_strategy_state($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"};

}  // namespace

Result<void> advance_strategy_state(TradingTransaction& transaction, const StateStep& step) {
  auto rows =
      transaction.exec(kAdvance, transaction.owner(), step.trader_instance, step.strategy_key,
                       step.market, step.timeframe, step.mode, step.generation, step.from, step.to,
                       step.state_schema, step.state_version, Bytes{step.state});
  if (!rows) return rows.error();
  if (!rows->front().get<bool>(0)) {
    return Error("FENCED", "the state of " + step.strategy_key + " " + step.market +
                               " moved without this process, or it is not the trader any more");
  }
  return {};
}

}  // namespace everbit::store

#include "trader/settlement_path.h"

namespace everbit {
namespace {

trading::SettlementSettings settlement_settings(const config::Settings& settings) {
  trading::SettlementSettings settlement;
  settlement.resolve_absent = settings.execution.auto_resolve_absent;
  return settlement;
}

}  // namespace

SettlementPath::SettlementPath(TraderContext& context, ExchangeAccess& exchange, OrderPath& orders)
    : context_(context),
      exchange_(exchange),
      orders_(orders),
      attempts_({context.pool, exchange.gateway(), exchange.ledger(), orders.outcomes(),
                 orders.orders(), orders.outbox(), context.clock, context.owner, context.mode,
                 context.instance, settlement_settings(context.settings)}),
      blocks_({context.pool, exchange.gateway(), orders.outbox(), context.clock, context.owner}),
      commands_(
          {context.pool, context.exchange_clock, context.owner, context.mode, context.instance,
           context.settings.strategy.timeframe.length(),
           [&orders](const Uuid& attempt) { return orders.executor().settle_dead(attempt); }}),
      stuck_({context.pool, exchange.gateway(), orders.orders(), orders.outbox(), context.clock,
              context.owner, context.mode}) {}

void SettlementPath::start() {
  worker_ = std::make_unique<trading::SettlementWorker>(trading::SettlementWorker::Parts{
      context_.pool, orders_.outbox(), attempts_, blocks_, commands_, stuck_, context_.owner,
      context_.mode, exchange_.gateway().has_key()});
}

}  // namespace everbit

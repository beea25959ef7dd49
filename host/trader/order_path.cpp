#include "trader/order_path.h"

#include "trading/pipeline/command_consumer.h"

namespace everbit {

OrderPath::OrderPath(TraderContext& context, ExchangeAccess& exchange, const AccountRules& rules)
    : context_(context),
      exchange_(exchange),
      outbox_(context.plugins.bus(), context.clock, context.owner_public_id),
      recorder_({outbox_, context.owner, context.mode, context.installation_tag}),
      outcomes_({recorder_, outbox_, context.exchange_clock, context.clock, context.owner,
                 context.installation_tag, retry_rules()}),
      fills_({outbox_, context.owner, context.mode, rules.min_total}),
      orders_({context.pool, recorder_, fills_, outbox_, context.owner, context.mode}),
      balances_(context.pool, context.owner, context.mode),
      executor_({context.pool, exchange.gateway(), exchange.send_once(), outcomes_, outbox_,
                 context.switchboard.flag(), context.exchange_clock, context.clock, context.owner,
                 context.instance, context.key_usable, context.gave_up, execution_settings()}) {}

OrderPath::~OrderPath() = default;

trading::ExecutionSettings OrderPath::execution_settings() const {
  const config::Settings& settings = context_.settings;
  trading::ExecutionSettings execution;
  execution.send_by = settings.execution.send_by;
  execution.signal_period = settings.strategy.timeframe.length();
  return execution;
}

trading::RetryRules OrderPath::retry_rules() const {
  const config::Settings& settings = context_.settings;
  return {static_cast<int>(settings.execution.max_order_attempts),
          settings.strategy.timeframe.length()};
}

Result<void> OrderPath::start() {
  const config::ExchangeSettings& exchange = context_.settings.exchange;
  if (exchange_.gateway().has_key()) {
    auto ws = exchange_socket(exchange, exchange.ws_private_url, "exchange.wsPrivateUrl");
    if (!ws) return ws.error();
    private_feed_ = std::make_unique<trading::PrivateFeed>(trading::PrivateFeed::Parts{
        context_.io, *ws, *context_.plugins.exchange(), exchange_.gateway(), orders_, balances_,
        context_.exchange_clock, context_.clock});
    if (auto started = private_feed_->start(); !started) return started.error();
  }
  auto consumer = trading::start_command_consumer(context_.plugins.bus(), executor_,
                                                  context_.switchboard.flag());
  if (!consumer) return consumer.error();
  commands_ = std::move(*consumer);
  return {};
}

void OrderPath::stop_commands(Deadline deadline) {
  if (commands_ && !commands_->stop(deadline)) context_.gave_up.store(true);
  commands_.reset();
}

void OrderPath::stop_feed() {
  if (private_feed_) private_feed_->stop();
}

}  // namespace everbit

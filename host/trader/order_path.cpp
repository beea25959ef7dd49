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
      orders_({context.pool, recorder_, fills_, outbox_, context.owner, context.mode,
               context.instance}),
      reader_({exchange.gateway(), orders_}),
      balances_(context.pool, context.owner, context.mode),
      executor_({context.pool, exchange.gateway(), exchange.send_once(), outcomes_, outbox_,
                 context.switchboard.flag(), context.exchange_clock, context.clock, context.owner,
                 context.instance, context.key_usable, context.gave_up, execution_settings(),
                 [this](const std::string& market) {
                   if (reconciler_) reconciler_->request_market(market);
                 },
                 context.mode}) {}

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

// Without a key nothing can be sent, and there is no account to compare with.
Result<void> OrderPath::start(std::function<void()> look_up_unknown) {
  if (!exchange_.gateway().has_key()) return start_commands();
  return start_account(std::move(look_up_unknown));
}

Result<void> OrderPath::start_account(std::function<void()> look_up_unknown) {
  const config::ExchangeSettings& exchange = context_.settings.exchange;
  auto ws = exchange_socket(exchange, exchange.ws_private_url, "exchange.wsPrivateUrl");
  if (!ws) return ws.error();
  reconciler_ = std::make_unique<trading::Reconciler>(trading::Reconciler::Parts{
      context_.pool, exchange_.gateway(), reader_, balances_, outbox_, context_.exchange_clock,
      context_.clock, context_.owner, context_.mode, context_.instance,
      context_.settings.reconcile.interval, std::move(look_up_unknown),
      [this] {
        const auto started = start_commands();
        if (!started) context_.fatal("no order commands: " + to_string(started.error()));
      },
      [this] { context_.fatal("fenced: another process is the trader"); }});
  trading::PrivateFeed::Parts feed{context_.io,
                                   *ws,
                                   *context_.plugins.exchange(),
                                   exchange_.gateway(),
                                   orders_,
                                   reader_,
                                   balances_,
                                   context_.exchange_clock,
                                   context_.clock,
                                   [this] { reconciler_->request_all(); }};
  if (paper::PaperExchange* const paper = exchange_.paper()) {
    feed.link = [paper](net::WsHandlers handlers) {
      return std::make_unique<paper::PaperLink>(*paper, std::move(handlers));
    };
  }
  private_feed_ = std::make_unique<trading::PrivateFeed>(std::move(feed));
  if (auto started = private_feed_->start(); !started) return started.error();
  reconciler_->start();
  return {};
}

Result<void> OrderPath::start_commands() {
  const std::lock_guard lock(commands_mutex_);
  if (no_more_commands_) return {};
  auto consumer = trading::start_command_consumer(context_.plugins.bus(), executor_,
                                                  context_.switchboard.flag());
  if (!consumer) return consumer.error();
  commands_ = std::move(*consumer);
  return {};
}

Result<Uuid> OrderPath::request_reconcile(trading::ReconcileScope scope, const std::string& by) {
  if (!reconciler_) return Error("KEY_MISSING", "without a key there is nothing to compare with");
  auto run = trading::RunLog(context_.pool, context_.owner).request(scope, by);
  if (run) reconciler_->look_for_requests();
  return run;
}

void OrderPath::stop_commands(Deadline deadline) {
  const std::lock_guard lock(commands_mutex_);
  no_more_commands_ = true;
  if (commands_ && !commands_->stop(deadline)) context_.gave_up.store(true);
  commands_.reset();
}

void OrderPath::stop_feed() {
  reader_.stop();
  if (reconciler_) reconciler_->stop();
  if (private_feed_) private_feed_->stop();
}

}  // namespace everbit

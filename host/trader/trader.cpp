#include "trader/trader.h"

#include "store/installation.h"
#include "store/instance_lock.h"

namespace everbit {
namespace {

using std::chrono::seconds;

constexpr seconds kLockWait{10};
constexpr seconds kStartBudget{10};
constexpr seconds kDrainBudget{10};

constexpr store::Sql kEnsureMarket{R"sql(
  INSERT INTO market_config (owner_id, market, enabled, priority) VALUES ($1, $2, $3, $4)
  ON CONFLICT (owner_id, market) DO NOTHING)sql"};

}  // namespace

Result<std::unique_ptr<Trader>> Trader::build(TraderParts parts) {
  for (const char* check : {"strategies", "market_feed", "private_feed", "key"}) {
    parts.health.expect(check);
  }
  std::unique_ptr<Trader> trader(new Trader(std::move(parts)));
  for (const auto step :
       {&Trader::become_trader, &Trader::prepare_database, &Trader::build_paths, &Trader::start}) {
    if (auto done = (trader.get()->*step)(); !done) return done.error();
  }
  return trader;
}

Trader::~Trader() { stop(Deadline::after(kDrainBudget)); }

Result<void> Trader::become_trader() {
  auto boot = store::current_boot_id();
  if (!boot) return boot.error();
  auto taken = store::TraderLock::take(context_.pool.connect_settings(), context_.owner,
                                       context_.instance, *boot, Deadline::after(kLockWait));
  if (!taken) return taken.error();
  lock_ = std::move(*taken);
  return {};
}

Result<void> Trader::prepare_database() {
  const Deadline deadline = Deadline::after(kStartBudget);
  auto tag = store::ensure_installation_tag(context_.pool, deadline);
  if (!tag) return tag.error();
  context_.installation_tag = *tag;
  for (const auto& market : context_.settings.strategy.markets) {
    auto ensured = context_.pool.exec(deadline, kEnsureMarket, context_.owner, market.code,
                                      market.enabled, market.priority);
    if (!ensured) return ensured.error();
  }
  // What stands before anything moves is not counted.
  attempts_ = std::make_unique<AttemptMeter>(context_.pool, context_.owner, context_.metrics);
  return attempts_->look(deadline);
}

Result<void> Trader::build_paths() {
  auto exchange = ExchangeAccess::open(context_);
  if (!exchange) return exchange.error();
  exchange_ = std::move(*exchange);
  const AccountRules rules = exchange_->learn_account_rules();
  // Before any command is taken: what waits from before the restart need not be refused.
  if (exchange_->gateway().has_key()) (void)exchange_->verify_key();
  orders_ = std::make_unique<OrderPath>(context_, *exchange_, rules);
  settlement_ = std::make_unique<SettlementPath>(context_, *exchange_, *orders_);
  auto decisions = DecisionPath::build(context_, *exchange_, orders_->outbox(), rules);
  if (!decisions) return decisions.error();
  decisions_ = std::move(*decisions);
  return {};
}

Result<void> Trader::start() {
  if (auto started = decisions_->start_feed(); !started) return started.error();
  auto started = orders_->start([this] { settlement_->look_up_now(); });
  if (!started) return started.error();
  settlement_->start();
  decisions_->start_decisions();
  supervisor_ = std::make_unique<Supervisor>(Supervisor::Parts{
      context_, *lock_, *exchange_, [this] { return decisions_->is_feed_connected(); },
      [this] { return orders_->is_feed_connected(); }, [this] { decisions_->profit().look(); },
      *attempts_});
  return {};
}

void Trader::stop(Deadline deadline) {
  if (decisions_) decisions_->stop_decisions();
  if (orders_) {
    orders_->stop_commands(deadline);
    orders_->stop_feed();
  }
  if (decisions_) decisions_->stop_feed();
  if (supervisor_) supervisor_->stop();
  if (exchange_) exchange_->stop();
  if (settlement_) settlement_->stop();
}

}  // namespace everbit

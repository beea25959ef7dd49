#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "base/deadline.h"
#include "base/result.h"
#include "events/dispatcher.h"
#include "trader/exchange_access.h"
#include "trader/trader_context.h"
#include "trading/execution/executor.h"
#include "trading/portfolio/private_feed.h"
#include "trading/reconcile/reconciler.h"

namespace everbit {

// From an attempt to its fills: the executor with its commands, the private WebSocket with what it
// books, and reconcile. No command is taken before our orders and the account were read once. Owned
// by the trader.
class OrderPath {
 public:
  OrderPath(TraderContext& context, ExchangeAccess& exchange, const AccountRules& rules);
  ~OrderPath();
  OrderPath(const OrderPath&) = delete;
  OrderPath& operator=(const OrderPath&) = delete;

  // Codes: CONFIG_URL, NET_*, those of the bus.
  // `look_up_unknown`: attempts whose end is unknown are to be looked up; must not block.
  Result<void> start(std::function<void()> look_up_unknown);
  // No more commands; the calls under way end first. After the deadline what they wait for is given
  // up (context.gave_up).
  void stop_commands(Deadline deadline);
  void stop_feed();

  // The run that will answer. Codes: KEY_MISSING, DB_*. Any thread.
  Result<Uuid> request_reconcile(trading::ReconcileScope scope, const std::string& by);

  trading::Outbox& outbox() { return outbox_; }
  trading::OutcomeWriter& outcomes() { return outcomes_; }
  trading::OrderSync& orders() { return orders_; }
  trading::Executor& executor() { return executor_; }
  // Without a key there is no private feed, and nothing to miss.
  bool is_feed_connected() const { return !private_feed_ || private_feed_->is_connected(); }

 private:
  trading::ExecutionSettings execution_settings() const;
  trading::RetryRules retry_rules() const;
  Result<void> start_account(std::function<void()> look_up_unknown);
  Result<void> start_commands();

  TraderContext& context_;
  ExchangeAccess& exchange_;
  trading::Outbox outbox_;
  trading::OrderRecorder recorder_;
  trading::OutcomeWriter outcomes_;
  trading::FillBook fills_;
  trading::OrderSync orders_;
  trading::OrderReader reader_;
  trading::Balances balances_;
  trading::Executor executor_;
  std::unique_ptr<trading::Reconciler> reconciler_;
  std::unique_ptr<trading::PrivateFeed> private_feed_;
  std::mutex commands_mutex_;
  bool no_more_commands_ = false;
  std::unique_ptr<events::Dispatcher> commands_;
};

}  // namespace everbit

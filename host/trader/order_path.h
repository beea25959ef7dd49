#pragma once

#include <memory>

#include "base/deadline.h"
#include "base/result.h"
#include "events/dispatcher.h"
#include "trader/exchange_access.h"
#include "trader/trader_context.h"
#include "trading/execution/executor.h"
#include "trading/portfolio/private_feed.h"

namespace everbit {

// From an attempt to its fills: the executor with its commands, and the
// private WebSocket with what it books. Owned by the trader.
class OrderPath {
 public:
  OrderPath(TraderContext& context, ExchangeAccess& exchange, const AccountRules& rules);
  ~OrderPath();
  OrderPath(const OrderPath&) = delete;
  OrderPath& operator=(const OrderPath&) = delete;

  // Codes: CONFIG_URL, NET_*, those of the bus.
  Result<void> start();
  // No more commands; the calls under way end first. After the deadline what they wait for is given
  // up (context.gave_up).
  void stop_commands(Deadline deadline);
  void stop_feed();

  trading::Outbox& outbox() { return outbox_; }
  trading::OutcomeWriter& outcomes() { return outcomes_; }
  trading::OrderSync& orders() { return orders_; }
  trading::Executor& executor() { return executor_; }
  // Without a key there is no private feed, and nothing to miss.
  bool is_feed_connected() const { return !private_feed_ || private_feed_->is_connected(); }

 private:
  trading::ExecutionSettings execution_settings() const;
  trading::RetryRules retry_rules() const;

  TraderContext& context_;
  ExchangeAccess& exchange_;
  trading::Outbox outbox_;
  trading::OrderRecorder recorder_;
  trading::OutcomeWriter outcomes_;
  trading::FillBook fills_;
  trading::OrderSync orders_;
  trading::Balances balances_;
  trading::Executor executor_;
  std::unique_ptr<trading::PrivateFeed> private_feed_;
  std::unique_ptr<events::Dispatcher> commands_;
};

}  // namespace everbit

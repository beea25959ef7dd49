#pragma once

#include <memory>

#include "trader/exchange_access.h"
#include "trader/order_path.h"
#include "trader/trader_context.h"
#include "trading/settlement/settlement_worker.h"

namespace everbit {

// What ends attempts, commands, blocks and orders that nobody ended. Owned by the trader; begins
// after the order path, whose parts it uses.
class SettlementPath {
 public:
  SettlementPath(TraderContext& context, ExchangeAccess& exchange, OrderPath& orders);

  void start();
  // Ends soon once the exchange's calls were ended.
  void stop() { worker_.reset(); }

  // Every UNKNOWN attempt is looked up at once. Any thread.
  void look_up_now() { attempts_.look_up_now(); }

 private:
  TraderContext& context_;
  ExchangeAccess& exchange_;
  OrderPath& orders_;
  trading::AttemptSettlement attempts_;
  trading::BlockKeeper blocks_;
  trading::LostCommands commands_;
  trading::StuckOrders stuck_;
  std::unique_ptr<trading::SettlementWorker> worker_;
};

}  // namespace everbit

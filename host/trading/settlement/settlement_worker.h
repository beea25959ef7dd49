#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "trading/settlement/attempt_settlement.h"
#include "trading/settlement/block_keeper.h"
#include "trading/settlement/lost_commands.h"
#include "trading/settlement/stuck_orders.h"

namespace everbit::trading {

// Everything that settles without being asked, on one thread of its own: attempts and blocks twice
// a second, commands and stuck orders every two seconds. Owned by the application; its parts
// outlive it.
class SettlementWorker {
 public:
  struct Parts {
    store::Pool& pool;
    Outbox& outbox;
    AttemptSettlement& attempts;
    BlockKeeper& blocks;
    LostCommands& commands;
    StuckOrders& stuck;
    OwnerId owner;
    Mode mode = Mode::kReal;
    bool has_key = false;
  };

  explicit SettlementWorker(Parts parts);
  ~SettlementWorker();
  SettlementWorker(const SettlementWorker&) = delete;
  SettlementWorker& operator=(const SettlementWorker&) = delete;

  // Ends after the turn in hand.
  void stop();

 private:
  void run();

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace everbit::trading

#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/outbox.h"
#include "trading/portfolio/order_sync.h"
#include "trading/types.h"

namespace everbit::trading {

// Orders that ought to end at once and do not: an IOC, FOK or market order of ours that is not
// final 60 s after it was placed raises ORDER_STUCK, once; its intent stays open. It is read again
// every 30 s. Nothing is ever cancelled by itself: only the owner's request is passed on, and since
// its answer says nothing about the order's end, the order is read until it has ended.
//
// One thread at a time; blocks on database and exchange.
class StuckOrders {
 public:
  struct Parts {
    store::Pool& pool;
    ExchangeGateway& gateway;
    OrderSync& orders;
    Outbox& outbox;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
  };

  explicit StuckOrders(Parts parts) : parts_(std::move(parts)) {}

  void look();

 private:
  struct Stuck;

  void look_at(const Stuck& order);
  void pass_on_cancel(const Stuck& order);
  void read(const Stuck& order);
  void raise(const Stuck& order);

  Parts parts_;
  std::map<std::string, SteadyTime> read_at_;
};

}  // namespace everbit::trading

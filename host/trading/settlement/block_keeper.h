#pragma once

#include <vector>

#include "base/clock.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

// Blocks that a read met: kept in exchange_block like those that an order meets, so that the next
// process obeys them too, with the switch going OFF by itself on the exchange's side. And the other
// way: the limiter of this process waits as long as the table says. One thread at a time; blocks on
// the database.
class BlockKeeper {
 public:
  struct Parts {
    store::Pool& pool;
    ExchangeGateway& gateway;
    Outbox& outbox;
    const Clock& clock;
    OwnerId owner;
  };

  explicit BlockKeeper(Parts parts) : parts_(std::move(parts)) {}

  // Stores what was seen, until the database has it, and obeys what stands there.
  void look();

 private:
  bool store(const SeenBlock& block);
  void obey();

  Parts parts_;
  std::vector<SeenBlock> unstored_;
};

}  // namespace everbit::trading

#pragma once

#include "base/decimal.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/settlement/open_attempt.h"

namespace everbit::trading {

// The coin of an attempt's market, before it was sent and as the exchange reports it now.
struct CoinState {
  Decimal before;   // balance + locked
  Decimal balance;  // free
  Decimal locked;
  Decimal locked_by_us;  // what the open sell orders that we know of explain
};

// Pure: whether no order of the attempt can have touched the coin.
bool is_untouched(const CoinState& coin);

// Reads the accounts now. False also when it cannot be known: no reading from before the attempt
// was sent, or no answer. Blocks.
bool is_coin_untouched(store::Pool& pool, const ExchangeGateway& gateway, OwnerId owner, Mode mode,
                       const OpenAttempt& attempt);

}  // namespace everbit::trading

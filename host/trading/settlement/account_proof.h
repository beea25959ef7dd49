#pragma once

#include "base/clock.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/types.h"

namespace everbit::trading {

// Whether the key in use is of the account that our orders were made with: it must find the newest
// order that Upbit acknowledged, by its uuid. Without that proof a "not found" proves nothing: the
// key may be of another account or pocket. An account without any acknowledged order has nothing to
// be told apart by.
//
// One thread at a time; asks the exchange until it knows, at most once a minute.
class AccountProof {
 public:
  struct Parts {
    store::Pool& pool;
    const ExchangeGateway& gateway;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
  };

  explicit AccountProof(Parts parts) : parts_(std::move(parts)) {}

  bool is_same_account();

 private:
  bool ask();

  Parts parts_;
  bool proven_ = false;
  SteadyTime ask_at_ = SteadyTime::min();
};

}  // namespace everbit::trading

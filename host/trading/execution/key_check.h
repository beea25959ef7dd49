#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/types.h"

namespace everbit::trading {

// What came of asking the exchange whether the key may do what it is for.
struct KeyCheck {
  enum class Verdict {
    kGood,
    kRefused,  // the exchange said so: `code` is what the owner is shown
    kUnclear,  // no answer that says either; asked again later
  };
  Verdict verdict = Verdict::kUnclear;
  std::string code;  // with kRefused
  std::string name;  // the exchange's own, or what happened on the wire; for the log
  std::optional<Timestamp> expires_at;
};

// The whole verification: expiry, view assets, view orders, place orders (by an order test, which
// places nothing), and that it may not withdraw. Nothing is asked while the exchange blocks.
// Blocks.
KeyCheck check_key(ExchangeGateway& gateway, const std::string& market);

// Keeps what it said in upbit_key, if the key stands there: a good check is what ends a refusal.
Result<void> store_key_check(store::Pool& pool, OwnerId owner, const KeyCheck& check,
                             Deadline deadline);

}  // namespace everbit::trading

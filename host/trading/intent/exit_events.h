#pragma once

#include <string>
#include <vector>

#include "store/trading_transaction.h"
#include "trading/outbox.h"
#include "trading/strategy/position_view.h"

namespace everbit::trading {

// An exit that a candle asked for.
struct AskedExit {
  const InstanceKey& key;
  std::string intent_type;  // "EXIT_STOPLOSS"
  Timestamp close;          // of that candle
  std::string trace_id;
};

// ExitRefused, if a switch or the suspended market is among the reasons: the owner is told at each
// candle that asks. Any other refusal is only shown.
Result<void> tell_of_refused_exit(store::TradingTransaction& tx, Outbox& outbox,
                                  const AskedExit& exit, const std::vector<std::string>& refusals);

// StopPassedWhileOff: the account is OFF and the candle closed beyond the position's stored stop.
Result<void> tell_of_stop_while_off(store::TradingTransaction& tx, Outbox& outbox,
                                    const AskedExit& exit, Decimal stop, Decimal close);

}  // namespace everbit::trading

#pragma once

#include <memory>

#include "events/bus.h"
#include "events/dispatcher.h"
#include "trading/execution/executor.h"

namespace everbit::trading {

// The group order-executor: hands every CreateOrderAttempt to the executor, one a market at a time.
// While nobody knows how the kill switch stands, commands are given back and not begun.
Result<std::unique_ptr<events::Dispatcher>> start_command_consumer(
    events::Bus& bus, Executor& executor, const TradingSwitch& account_switch);

}  // namespace everbit::trading

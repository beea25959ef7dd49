#pragma once

#include "exchange-upbit/collected.h"
#include "exchange-upbit/values.h"

namespace everbit::exchange_upbit {

// One element of a quotation answer (reference §3).
bool read_market(json::object& object, const Values& values, Collected& out);
bool read_rest_candle(json::object& object, const Values& values, Collected& out);
bool read_instrument(json::object& object, const Values& values, Collected& out);

// The same message by REST and by WebSocket, whose keys are a little different (reference §3.4,
// §3.5, §7.3 to §7.5).
bool read_ticker(json::object& object, const Values& values, Collected& out);
bool read_book(json::object& object, const Values& values, Collected& out);
bool read_trade(json::object& object, const Values& values, Collected& out);
bool read_ws_candle(json::object& object, std::int32_t timeframe_s, const Values& values,
                    Collected& out);

}  // namespace everbit::exchange_upbit

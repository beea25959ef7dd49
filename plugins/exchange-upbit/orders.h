#pragma once

#include "exchange-upbit/collected.h"
#include "exchange-upbit/values.h"

namespace everbit::exchange_upbit {

// The order object of the REST answers (reference §4.3) and, where it has them, its trades as
// fills.
bool read_rest_order(json::object& object, const Values& values, Collected& out);

// A myOrder message (reference §7.7): the order, and the fill when its state is trade.
bool read_ws_order(json::object& object, const Values& values, Collected& out);

}  // namespace everbit::exchange_upbit

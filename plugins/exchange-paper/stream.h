#pragma once

#include <string_view>

#include "everbit/ext/decimal.h"
#include "exchange-paper/exchange.h"
#include "exchange-upbit/scratch.h"

namespace everbit::exchange_paper {

// Takes from one frame of the public channel what the exchange lives by: the order book, whole, and
// trades; frames of other streams are passed over. A broken one throws eb::Failure(EB_ERR_PARSE)
// and changes nothing.
void observe(std::string_view frame, eb_ts now, const eb_decimal_v1& decimal,
             exchange_upbit::Scratch& scratch, Exchange& exchange, Listener& listener);

}  // namespace everbit::exchange_paper

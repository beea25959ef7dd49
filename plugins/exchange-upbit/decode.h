#pragma once

#include "everbit/ext/decimal.h"
#include "everbit/ext/exchange.h"
#include "exchange-upbit/scratch.h"

namespace everbit::exchange_upbit {

// Reads an answer of the REST API. What it holds reaches the sink only if the whole answer is
// valid; then, always, what the answer means for the call.
eb_status decode(const eb_exchange_answer& answer, const eb_decimal_v1* decimal, Scratch& scratch,
                 const eb_exchange_sink& sink);

}  // namespace everbit::exchange_upbit

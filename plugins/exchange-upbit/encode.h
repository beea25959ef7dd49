#pragma once

#include "everbit/ext/exchange.h"
#include "exchange-upbit/failure.h"

namespace everbit::exchange_upbit {

// Builds the request of a call and hands it to the sink once. The same call gives the same bytes.
Failure encode(const eb_exchange_call& call, const eb_request_sink& sink);

// The header that authorises a request or a private handshake must be possible: keys and nonce
// present, plain and within their limits.
Failure check_credentials(const eb_credentials* credentials, eb_str nonce);

}  // namespace everbit::exchange_upbit

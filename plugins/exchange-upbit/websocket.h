#pragma once

#include <cstdint>
#include <string>

#include "everbit/ext/decimal.h"
#include "everbit/ext/exchange.h"
#include "exchange-upbit/failure.h"
#include "exchange-upbit/scratch.h"

namespace everbit::exchange_upbit {

// The handshake of a connection; the private one is authorised by a token without query.
Failure open_websocket(std::int32_t channel, const eb_credentials* credentials, eb_str nonce,
                       const eb_ws_handshake_sink& sink);

// The frame that subscribes, in format DEFAULT. `book_depth`: levels of the order books.
Failure write_subscription(std::int32_t channel, const eb_ws_subscription& subscription,
                           int book_depth, std::string& frame);

// Reads one frame, in any of Upbit's formats. Nothing of a broken frame reaches the sink.
Failure decode_frame(std::int32_t channel, eb_bytes frame, const eb_decimal_v1* decimal,
                     Scratch& scratch, const eb_exchange_sink& sink);

// The message's type, wherever in the object it stands; not seen: it has none. The object is then
// at its start again. False if it is broken.
bool find_type(json::object& object, Token& type);

}  // namespace everbit::exchange_upbit

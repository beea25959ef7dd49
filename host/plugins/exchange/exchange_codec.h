#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugins/exchange/exchange_types.h"

namespace everbit::plugins {

// Borrowed for one call; neither kept nor copied by the codec.
struct Credentials {
  std::string_view access_key;
  std::string_view secret_key;
};

struct Handshake {
  std::string target;
  std::vector<Field> headers;
};

struct Subscription {
  std::uint32_t streams = 0;  // EB_STREAM_*: the full set, it replaces the former one
  std::vector<std::string> markets;
  std::int32_t timeframe_s = 0;  // of EB_STREAM_CANDLE
  std::string ticket;
};

// The exchange plugin as the rest of the host sees it: calls to bytes, bytes to values. It never
// sends, keeps no state and does not trust the plugin: a status instead of an answer, two answers,
// a half result or a wrong effect become an error or Meaning::kUnknown. Safe from any thread at
// once.
//
// Owns nothing: the plugin instance behind the vtable must outlive it.
class ExchangeCodec {
 public:
  ExchangeCodec(const eb_exchange_v1* vtable, void* self) : vtable_(vtable), self_(self) {}

  // The request for a call, signed with the nonce, which must be fresh. `credentials` may be null
  // for quotation calls only. Codes: EXCHANGE_ARGUMENT (the plugin logged which field),
  // EXCHANGE_UNSUPPORTED, EXCHANGE_CODEC.
  Result<EncodedRequest> encode(ExchangeOp op, std::span<const Field> params,
                                const Credentials* credentials, std::string_view nonce) const;

  // What an answer says. Header names are in lower case. Never fails: what cannot be read is
  // Meaning::kUnknown.
  Decoded decode(ExchangeOp op, int http_status, std::span<const Field> headers,
                 std::string_view body) const;

  // The handshake of a connection; `credentials` are null on the public channel.
  Result<Handshake> ws_open(Channel channel, const Credentials* credentials,
                            std::string_view nonce) const;

  // The text frame that subscribes.
  Result<std::string> ws_subscribe(Channel channel, const Subscription& subscription) const;

  // One frame; a keep-alive is empty. Code EXCHANGE_FRAME: the frame is broken and nothing of it
  // counts.
  Result<DecodedFrame> ws_decode(Channel channel, std::string_view frame) const;

  // The price nearest to `price` that an order may name: not above it for a buy, not below it for a
  // sell.
  Result<Decimal> round_price(std::string_view market, Side side, Decimal price) const;

 private:
  const eb_exchange_v1* vtable_;
  void* self_;
};

}  // namespace everbit::plugins

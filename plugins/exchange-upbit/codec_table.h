#pragma once

#include <memory>
#include <string>

#include "eb.hpp"
#include "everbit/ext/decimal.h"
#include "everbit/ext/exchange.h"
#include "exchange-upbit/decode.h"
#include "exchange-upbit/encode.h"
#include "exchange-upbit/ticks.h"
#include "exchange-upbit/websocket.h"
#include "plugin.hpp"

namespace everbit::exchange_upbit {

// What an instance needs to speak Upbit's language: the host's arithmetic and scratch memory, of
// which nothing but the memory itself lives from one call to the next. Any thread.
struct Codec {
  const eb_decimal_v1* decimal;
  std::unique_ptr<ScratchPool> pool = std::make_unique<ScratchPool>();
  // Levels of the order book that a subscription asks for: 1, 5, 15 or 30. One, unless somebody
  // needs more: it spares most of the traffic.
  int book_depth = 1;

  explicit Codec(const eb::Host& host) : decimal(host.require<eb_decimal_v1>(EB_EXT_DECIMAL)) {
    if (!EB_HAS(decimal, round_tick)) {
      throw eb::Failure(EB_ERR_UNSUPPORTED, "eb.decimal/1 of this host is too small");
    }
  }
};

// eb.exchange/1 of a plugin class P that has `const Codec& codec() const`.
template <class P>
class CodecTable {
 public:
  static const eb_exchange_v1 kTable;

 private:
  // Runs `body` on the instance behind self. Every argument that must be there is a condition of
  // `given`.
  template <class Body>
  static eb_status call(void* self, bool given, Body&& body) noexcept {
    if (self == nullptr || !given) return EB_ERR_ARGUMENT;
    const auto& instance = eb::Instance<P>::of(self);
    return eb::guard(instance.host, [&] { return body(instance.plugin.codec()); });
  }

  static eb_status told(const Failure& failure) {
    if (failure && !failure.text.empty()) throw eb::Failure(failure.status, failure.text);
    return failure.status;
  }

  static eb_status encode_call(void* self, const eb_exchange_call* asked,
                               const eb_request_sink* sink) noexcept {
    const bool given = asked != nullptr && sink != nullptr && EB_HAS(asked, nonce) &&
                       EB_HAS(sink, request) && sink->request != nullptr;
    return call(self, given, [=](const Codec&) { return told(encode(*asked, *sink)); });
  }

  static eb_status decode_answer(void* self, const eb_exchange_answer* answer,
                                 const eb_exchange_sink* sink) noexcept {
    const bool given =
        answer != nullptr && sink != nullptr && EB_HAS(answer, body) && EB_HAS(sink, ctx_host);
    return call(self, given, [=](const Codec& codec) {
      const ScratchPool::Lease scratch(*codec.pool);
      return decode(*answer, codec.decimal, *scratch, *sink);
    });
  }

  static eb_status open(void* self, std::int32_t channel, const eb_credentials* credentials,
                        eb_str nonce, const eb_ws_handshake_sink* sink) noexcept {
    const bool given = sink != nullptr && EB_HAS(sink, handshake) && sink->handshake != nullptr;
    return call(self, given, [=](const Codec&) {
      return told(open_websocket(channel, credentials, nonce, *sink));
    });
  }

  static eb_status subscribe(void* self, std::int32_t channel,
                             const eb_ws_subscription* subscription,
                             const eb_sink* frame) noexcept {
    const bool given = subscription != nullptr && frame != nullptr &&
                       EB_HAS(subscription, ticket) && EB_HAS(frame, write) &&
                       frame->write != nullptr;
    return call(self, given, [=](const Codec& codec) {
      std::string text;
      if (const Failure failure =
              write_subscription(channel, *subscription, codec.book_depth, text)) {
        return told(failure);
      }
      return frame->write(frame->ctx, reinterpret_cast<const std::uint8_t*>(text.data()),
                          text.size());
    });
  }

  static eb_status decode_message(void* self, std::int32_t channel, eb_bytes frame,
                                  const eb_exchange_sink* sink) noexcept {
    const bool given = sink != nullptr && EB_HAS(sink, ctx_host);
    return call(self, given, [=](const Codec& codec) {
      const ScratchPool::Lease scratch(*codec.pool);
      return told(decode_frame(channel, frame, codec.decimal, *scratch, *sink));
    });
  }

  static eb_status round(void* self, eb_str market, std::int32_t side, eb_dec price,
                         eb_dec* rounded) noexcept {
    return call(self, rounded != nullptr, [=](const Codec& codec) {
      return round_price(*codec.decimal, market, side, price, rounded);
    });
  }
};

template <class P>
const eb_exchange_v1 CodecTable<P>::kTable = {
    sizeof(eb_exchange_v1),      0,
    &CodecTable::encode_call,    &CodecTable::decode_answer,
    &CodecTable::open,           &CodecTable::subscribe,
    &CodecTable::decode_message, &CodecTable::round,
};

}  // namespace everbit::exchange_upbit

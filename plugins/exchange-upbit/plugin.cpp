#include <memory>
#include <string>

#include "eb.hpp"
#include "everbit/ext/decimal.h"
#include "everbit/ext/exchange.h"
#include "everbit/manifest.h"
#include "exchange-upbit/decode.h"
#include "exchange-upbit/encode.h"
#include "exchange-upbit/ticks.h"
#include "exchange-upbit/websocket.h"
#include "plugin.hpp"

EB_MANIFEST(
    "generation=1\n"
    "kind=exchange\n"
    "id=kr.everbit.exchange-upbit\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.decimal/1\n");

namespace everbit::exchange_upbit {

// One instance. Nothing but scratch memory lives from one call to the next.
class Upbit {
 public:
  Upbit(const eb::Host& host, const eb_create_args& args)
      : decimal_(host.require<eb_decimal_v1>(EB_EXT_DECIMAL)),
        pool_(std::make_unique<ScratchPool>()) {
    if (args.n_params != 0) throw eb::Failure(EB_ERR_UNKNOWN_KEY, "exchange-upbit has no settings");
    if (!EB_HAS(decimal_, round_tick)) {
      throw eb::Failure(EB_ERR_UNSUPPORTED, "eb.decimal/1 of this host is too small");
    }
  }

  static const void* extension(std::string_view id) noexcept;

 private:
  // Runs `body` on the instance behind self. Every argument that must be there is a condition of
  // `given`.
  template <class Body>
  static eb_status call(void* self, bool given, Body&& body) noexcept {
    if (self == nullptr || !given) return EB_ERR_ARGUMENT;
    const auto& instance = eb::Instance<Upbit>::of(self);
    return eb::guard(instance.host, [&] { return body(instance.plugin); });
  }

  eb_status told(const Failure& failure) const {
    if (failure && !failure.text.empty()) throw eb::Failure(failure.status, failure.text);
    return failure.status;
  }

  static eb_status encode_call(void* self, const eb_exchange_call* asked,
                               const eb_request_sink* sink) noexcept {
    const bool given = asked != nullptr && sink != nullptr && EB_HAS(asked, nonce) &&
                       EB_HAS(sink, request) && sink->request != nullptr;
    return call(self, given, [=](const Upbit& upbit) { return upbit.told(encode(*asked, *sink)); });
  }

  static eb_status decode_answer(void* self, const eb_exchange_answer* answer,
                                 const eb_exchange_sink* sink) noexcept {
    const bool given =
        answer != nullptr && sink != nullptr && EB_HAS(answer, body) && EB_HAS(sink, ctx_host);
    return call(self, given, [=](const Upbit& upbit) {
      const ScratchPool::Lease scratch(*upbit.pool_);
      return decode(*answer, upbit.decimal_, *scratch, *sink);
    });
  }

  static eb_status open(void* self, std::int32_t channel, const eb_credentials* credentials,
                        eb_str nonce, const eb_ws_handshake_sink* sink) noexcept {
    const bool given = sink != nullptr && EB_HAS(sink, handshake) && sink->handshake != nullptr;
    return call(self, given, [=](const Upbit& upbit) {
      return upbit.told(open_websocket(channel, credentials, nonce, *sink));
    });
  }

  static eb_status subscribe(void* self, std::int32_t channel,
                             const eb_ws_subscription* subscription,
                             const eb_sink* frame) noexcept {
    const bool given = subscription != nullptr && frame != nullptr &&
                       EB_HAS(subscription, ticket) && EB_HAS(frame, write) &&
                       frame->write != nullptr;
    return call(self, given, [=](const Upbit& upbit) {
      std::string text;
      if (const Failure failure = write_subscription(channel, *subscription, text)) {
        return upbit.told(failure);
      }
      return frame->write(frame->ctx, reinterpret_cast<const std::uint8_t*>(text.data()),
                          text.size());
    });
  }

  static eb_status decode_message(void* self, std::int32_t channel, eb_bytes frame,
                                  const eb_exchange_sink* sink) noexcept {
    const bool given = sink != nullptr && EB_HAS(sink, ctx_host);
    return call(self, given, [=](const Upbit& upbit) {
      const ScratchPool::Lease scratch(*upbit.pool_);
      return upbit.told(decode_frame(channel, frame, upbit.decimal_, *scratch, *sink));
    });
  }

  static eb_status round(void* self, eb_str market, std::int32_t side, eb_dec price,
                         eb_dec* rounded) noexcept {
    return call(self, rounded != nullptr, [=](const Upbit& upbit) {
      return round_price(*upbit.decimal_, market, side, price, rounded);
    });
  }

  static const eb_exchange_v1 kTable;

  const eb_decimal_v1* decimal_;
  std::unique_ptr<ScratchPool> pool_;
};

const eb_exchange_v1 Upbit::kTable = {
    sizeof(eb_exchange_v1), 0,
    &Upbit::encode_call,    &Upbit::decode_answer,
    &Upbit::open,           &Upbit::subscribe,
    &Upbit::decode_message, &Upbit::round,
};

const void* Upbit::extension(std::string_view id) noexcept {
  return id == EB_EXT_EXCHANGE ? &kTable : nullptr;
}

}  // namespace everbit::exchange_upbit

EB_PLUGIN(everbit::exchange_upbit::Upbit)

#include "plugins/exchange/exchange_codec.h"

#include <optional>
#include <utility>

#include "plugins/exchange/exchange_convert.h"

namespace everbit::plugins {
namespace {

template <class T>
T sized() {
  T value{};
  value.size = sizeof(T);
  return value;
}

// What may fly out of a callback is memory at its end; it must not cross the plugin's frames.
template <class F>
eb_status guarded(F&& f) noexcept {
  try {
    return f();
  } catch (...) {
    return EB_ERR_NO_MEMORY;
  }
}

Error error_of(eb_status status) {
  const std::string number = std::to_string(status);
  switch (EB_STATUS_CLASS(status)) {
    case EB_ERR_ARGUMENT:
      return Error("EXCHANGE_ARGUMENT", "the exchange plugin refused the call, status " + number);
    case EB_ERR_STATE:
      return Error("EXCHANGE_UNSUPPORTED", "the exchange plugin cannot do that, status " + number);
    default:
      return Error("EXCHANGE_CODEC", "the exchange plugin failed, status " + number);
  }
}

Effect effect_of(ExchangeOp op) {
  if (op == ExchangeOp::kOrderCreate) return Effect::kCreate;
  if (op == ExchangeOp::kOrderCancel) return Effect::kCancel;
  return Effect::kRead;
}

std::optional<eb_credentials> to_abi(const Credentials* credentials) {
  if (credentials == nullptr) return std::nullopt;
  auto to = sized<eb_credentials>();
  to.access_key = borrow(credentials->access_key);
  to.secret_key = borrow(credentials->secret_key);
  return to;
}

// Collects what one decode finds.
struct Collector {
  std::optional<Answer> answer;
  std::optional<RateLeft> rate_left;
  Findings found;
  bool broken = false;

  template <class Abi, class Value>
  eb_status add(const Abi* from, std::vector<Value>& to) {
    auto value = from_abi(*from);
    if (!value) return refuse();
    to.push_back(std::move(*value));
    return EB_OK;
  }

  eb_status refuse() {
    broken = true;
    return EB_ERR_RANGE;
  }
};

template <class Abi, auto Member>
eb_status add_to(void* ctx, const Abi* from) noexcept {
  return guarded([=] {
    auto& collector = *static_cast<Collector*>(ctx);
    return collector.add(from, collector.found.*Member);
  });
}

eb_status take_answer(void* ctx, const eb_answer* from) noexcept {
  return guarded([=] {
    auto& collector = *static_cast<Collector*>(ctx);
    if (collector.answer) return collector.refuse();
    collector.answer = from_abi(*from);
    return collector.answer ? EB_OK : collector.refuse();
  });
}

eb_status take_rate_left(void* ctx, const eb_rate_left* from) noexcept {
  return guarded([=] {
    static_cast<Collector*>(ctx)->rate_left = from_abi(*from);
    return EB_OK;
  });
}

eb_status take_chance(void* ctx, const eb_chance* from) noexcept {
  return guarded([=] {
    auto& collector = *static_cast<Collector*>(ctx);
    collector.found.chance = from_abi(*from);
    return collector.found.chance ? EB_OK : collector.refuse();
  });
}

eb_exchange_sink sink_into(Collector& collector) {
  auto sink = sized<eb_exchange_sink>();
  sink.ctx_host = &collector;
  sink.answer = &take_answer;
  sink.rate_left = &take_rate_left;
  sink.account = &add_to<eb_account, &Findings::accounts>;
  sink.chance = &take_chance;
  sink.order = &add_to<eb_order, &Findings::orders>;
  sink.fill = &add_to<eb_fill, &Findings::fills>;
  sink.candle = &add_to<eb_exchange_candle, &Findings::candles>;
  sink.market = &add_to<eb_market, &Findings::markets>;
  sink.instrument = &add_to<eb_instrument, &Findings::instruments>;
  sink.api_key = &add_to<eb_api_key, &Findings::api_keys>;
  sink.tick = &add_to<eb_tick, &Findings::tickers>;
  sink.trade = &add_to<eb_trade, &Findings::trades>;
  sink.book_top = &add_to<eb_book_top, &Findings::book_tops>;
  return sink;
}

eb_status take_request(void* ctx, const eb_exchange_request* from) noexcept {
  return guarded([=] {
    EncodedRequest to;
    to.effect = static_cast<Effect>(from->effect);
    to.scope = static_cast<LimitScope>(from->scope);
    to.group = copy(from->group);
    to.method = copy(from->method);
    to.target = copy(from->target);
    to.headers = copy_fields(from->headers, from->n_headers);
    if (from->body.len != 0) {
      to.body.assign(reinterpret_cast<const char*>(from->body.ptr), from->body.len);
    }
    *static_cast<std::optional<EncodedRequest>*>(ctx) = std::move(to);
    return EB_OK;
  });
}

eb_status take_handshake(void* ctx, const eb_ws_handshake* from) noexcept {
  return guarded([=] {
    *static_cast<std::optional<Handshake>*>(ctx) =
        Handshake{copy(from->target), copy_fields(from->headers, from->n_headers)};
    return EB_OK;
  });
}

eb_status append_text(void* ctx, const std::uint8_t* bytes, std::uint64_t len) noexcept {
  return guarded([=] {
    if (len != 0) static_cast<std::string*>(ctx)->append(reinterpret_cast<const char*>(bytes), len);
    return EB_OK;
  });
}

Answer unusable(std::string message) {
  return Answer{Meaning::kUnknown, {}, std::move(message), 0};
}

}  // namespace

Result<EncodedRequest> ExchangeCodec::encode(ExchangeOp op, std::span<const Field> params,
                                             const Credentials* credentials,
                                             std::string_view nonce) const {
  const auto fields = borrow_fields(params);
  const auto keys = to_abi(credentials);
  auto call = sized<eb_exchange_call>();
  call.op = static_cast<std::int32_t>(op);
  call.n_params = static_cast<std::uint32_t>(fields.size());
  call.params = fields.data();
  call.credentials = keys ? &*keys : nullptr;
  call.nonce = borrow(nonce);

  std::optional<EncodedRequest> request;
  auto sink = sized<eb_request_sink>();
  sink.ctx_host = &request;
  sink.request = &take_request;
  const eb_status status = vtable_->encode(self_, &call, &sink);
  if (status != EB_OK) return error_of(status);
  if (!request || request->effect != effect_of(op)) {
    return Error("EXCHANGE_CODEC", "the exchange plugin gave no usable request");
  }
  return std::move(*request);
}

Decoded ExchangeCodec::decode(ExchangeOp op, int http_status, std::span<const Field> headers,
                              std::string_view body) const {
  const auto fields = borrow_fields(headers);
  auto answer = sized<eb_exchange_answer>();
  answer.op = static_cast<std::int32_t>(op);
  answer.http_status = http_status;
  answer.n_headers = static_cast<std::uint32_t>(fields.size());
  answer.headers = fields.data();
  answer.body = borrow_bytes(body);

  Collector collector;
  const auto sink = sink_into(collector);
  const eb_status status = vtable_->decode(self_, &answer, &sink);
  Decoded decoded;
  decoded.rate_left = std::move(collector.rate_left);
  if (status != EB_OK || collector.broken || !collector.answer) {
    decoded.answer =
        unusable("the exchange plugin could not decode, status " + std::to_string(status));
    return decoded;
  }
  decoded.answer = std::move(*collector.answer);
  if (decoded.answer.meaning == Meaning::kOk) decoded.found = std::move(collector.found);
  return decoded;
}

Result<Handshake> ExchangeCodec::ws_open(Channel channel, const Credentials* credentials,
                                         std::string_view nonce) const {
  const auto keys = to_abi(credentials);
  std::optional<Handshake> handshake;
  auto sink = sized<eb_ws_handshake_sink>();
  sink.ctx_host = &handshake;
  sink.handshake = &take_handshake;
  const eb_status status = vtable_->ws_open(self_, static_cast<std::int32_t>(channel),
                                            keys ? &*keys : nullptr, borrow(nonce), &sink);
  if (status != EB_OK) return error_of(status);
  if (!handshake) return Error("EXCHANGE_CODEC", "the exchange plugin gave no handshake");
  return std::move(*handshake);
}

Result<std::string> ExchangeCodec::ws_subscribe(Channel channel,
                                                const Subscription& subscription) const {
  std::vector<eb_str> markets;
  markets.reserve(subscription.markets.size());
  for (const std::string& market : subscription.markets) markets.push_back(borrow(market));
  auto request = sized<eb_ws_subscription>();
  request.streams = subscription.streams;
  request.n_markets = static_cast<std::uint32_t>(markets.size());
  request.timeframe_s = subscription.timeframe_s;
  request.markets = markets.data();
  request.ticket = borrow(subscription.ticket);

  std::string frame;
  auto sink = sized<eb_sink>();
  sink.ctx = &frame;
  sink.write = &append_text;
  const eb_status status =
      vtable_->ws_subscribe(self_, static_cast<std::int32_t>(channel), &request, &sink);
  if (status != EB_OK) return error_of(status);
  return frame;
}

Result<DecodedFrame> ExchangeCodec::ws_decode(Channel channel, std::string_view frame) const {
  Collector collector;
  const auto sink = sink_into(collector);
  const eb_status status =
      vtable_->ws_decode(self_, static_cast<std::int32_t>(channel), borrow_bytes(frame), &sink);
  if (status != EB_OK || collector.broken) {
    return Error("EXCHANGE_FRAME", "broken frame, status " + std::to_string(status));
  }
  DecodedFrame decoded;
  decoded.error = std::move(collector.answer);
  if (!decoded.error) decoded.found = std::move(collector.found);
  return decoded;
}

Result<Decimal> ExchangeCodec::round_price(std::string_view market, Side side,
                                           Decimal price) const {
  eb_dec rounded{};
  const eb_status status = vtable_->round_price(
      self_, borrow(market), static_cast<std::int32_t>(side), plugins::to_abi(price), &rounded);
  if (status != EB_OK) return error_of(status);
  return Decimal::from_words(rounded.lo, rounded.hi);
}

}  // namespace everbit::plugins

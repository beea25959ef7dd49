#include "exchange-upbit/websocket.h"

#include <array>
#include <span>

#include "exchange-upbit/calls.h"
#include "exchange-upbit/encode.h"
#include "exchange-upbit/jwt.h"
#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

constexpr std::uint32_t kPublicStreams =
    EB_STREAM_TICKER | EB_STREAM_TRADE | EB_STREAM_BOOK | EB_STREAM_CANDLE;
constexpr std::uint32_t kPrivateStreams = EB_STREAM_ORDER | EB_STREAM_ASSET;
constexpr std::size_t kMaxMarkets = 1000;

// ,"codes":["KRW-BTC","KRW-ETH"]; the suffix is the depth of an order book.
std::string codes_of(std::span<const eb_str> markets, std::string_view suffix) {
  std::string text = R"(,"codes":[)";
  for (std::size_t i = 0; i < markets.size(); ++i) {
    text.append(i == 0 ? "\"" : ",\"").append(view(markets[i])).append(suffix).append("\"");
  }
  return text.append("]");
}

void append_type(std::string& frame, std::string_view type, std::string_view codes) {
  frame.append(R"(,{"type":")").append(type).append("\"").append(codes).append("}");
}

Failure check_subscription(std::int32_t channel, const eb_ws_subscription& subscription,
                           std::span<const eb_str> markets) {
  const std::uint32_t allowed = channel == EB_CHANNEL_PUBLIC    ? kPublicStreams
                                : channel == EB_CHANNEL_PRIVATE ? kPrivateStreams
                                                                : 0U;
  if (subscription.streams == 0 || (subscription.streams & ~allowed) != 0) {
    return bad_field("streams", "not of this channel");
  }
  if (!is_plain(view(subscription.ticket)) || subscription.ticket.len > 128) {
    return bad_field("ticket", "malformed");
  }
  if (markets.size() > kMaxMarkets || (markets.empty() && channel == EB_CHANNEL_PUBLIC)) {
    return bad_field("markets", "missing, or too many");
  }
  for (const eb_str& market : markets) {
    if (!is_market(view(market))) return bad_field("markets", "malformed");
  }
  if ((subscription.streams & EB_STREAM_CANDLE) != 0 &&
      candle_stream(subscription.timeframe_s).empty()) {
    return bad_field("timeframe_s", "there is no such stream");
  }
  return {};
}

}  // namespace

Failure open_websocket(std::int32_t channel, const eb_credentials* credentials, eb_str nonce,
                       const eb_ws_handshake_sink& sink) {
  auto handshake = make<eb_ws_handshake>();
  WipedText bearer(kMaxBearer);
  eb_field header{};
  if (channel == EB_CHANNEL_PUBLIC) {
    handshake.target = borrow("/websocket/v1");
  } else if (channel == EB_CHANNEL_PRIVATE) {
    if (auto failure = check_credentials(credentials, nonce)) return failure;
    if (!append_bearer(bearer, view(credentials->access_key), view(credentials->secret_key),
                       view(nonce), {})) {
      return {EB_ERR_INTERNAL, "libcrypto cannot sign"};
    }
    header = {borrow("Authorization"), borrow(bearer.text)};
    handshake.target = borrow("/websocket/v1/private");
    handshake.n_headers = 1;
    handshake.headers = &header;
  } else {
    return bad_field("channel", "unknown");
  }
  return {sink.handshake(sink.ctx_host, &handshake)};
}

Failure write_subscription(std::int32_t channel, const eb_ws_subscription& subscription,
                           int book_depth, std::string& frame) {
  const std::span<const eb_str> markets(subscription.markets, subscription.n_markets);
  if (auto failure = check_subscription(channel, subscription, markets)) return failure;
  const auto wants = [&](std::uint32_t stream) { return (subscription.streams & stream) != 0; };
  const std::string codes = codes_of(markets, "");

  frame.append(R"([{"ticket":")").append(view(subscription.ticket)).append(R"("})");
  if (wants(EB_STREAM_TICKER)) append_type(frame, "ticker", codes);
  if (wants(EB_STREAM_TRADE)) append_type(frame, "trade", codes);
  if (wants(EB_STREAM_BOOK)) {
    append_type(frame, "orderbook",
                codes_of(markets, std::string(".").append(std::to_string(book_depth))));
  }
  if (wants(EB_STREAM_CANDLE)) {
    append_type(frame, candle_stream(subscription.timeframe_s), codes);
  }
  if (wants(EB_STREAM_ORDER)) append_type(frame, "myOrder", markets.empty() ? "" : codes);
  // myAsset with codes is refused as WRONG_FORMAT.
  if (wants(EB_STREAM_ASSET)) append_type(frame, "myAsset", "");
  frame.append(R"(,{"format":"DEFAULT"}])");
  return {};
}

}  // namespace everbit::exchange_upbit

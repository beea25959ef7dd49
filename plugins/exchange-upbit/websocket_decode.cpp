#include <array>
#include <optional>

#include "exchange-upbit/accounts.h"
#include "exchange-upbit/calls.h"
#include "exchange-upbit/error_body.h"
#include "exchange-upbit/market_data.h"
#include "exchange-upbit/orders.h"
#include "exchange-upbit/text.h"
#include "exchange-upbit/websocket.h"

namespace everbit::exchange_upbit {
namespace {

// What one frame is, as far as it has been read.
struct Frame {
  std::int32_t channel;
  Values values;
  Collected& collected;
  std::optional<ErrorBody> error = {};
  bool unknown_type = false;
};

std::int32_t meaning_of_error(std::string_view name) {
  if (name == "INVALID_AUTH") return EB_ANSWER_AUTH;
  if (name == "TOO_MANY_REQUEST") return EB_ANSWER_RATE_LIMITED;
  return EB_ANSWER_REJECTED;
}

// Keep-alive ({"status":"UP"}), error, or the answer to LIST_SUBSCRIPTIONS.
bool read_untyped(json::object& object, Frame& frame) {
  constexpr std::array<FieldSpec, 4> kSpecs{{{"status"}, {"method"}, {"mthd"}, {"error"}}};
  std::array<Token, 4> t{};
  if (!read_fields(object, kSpecs, t)) return false;
  if (!t[3].seen) return t[0].seen || t[1].seen || t[2].seen;
  if (object.reset().error() != simdjson::SUCCESS) return false;
  frame.error = read_error(object);
  return frame.error.has_value();
}

bool read_public(std::string_view type, json::object& object, Frame& frame) {
  if (type == "ticker") return read_ticker(object, frame.values, frame.collected);
  if (type == "trade") return read_trade(object, frame.values, frame.collected);
  if (type == "orderbook") return read_book(object, frame.values, frame.collected);
  if (const std::int32_t timeframe_s = stream_timeframe(type); timeframe_s != 0) {
    return read_ws_candle(object, timeframe_s, frame.values, frame.collected);
  }
  frame.unknown_type = true;
  return false;
}

bool read_private(std::string_view type, json::object& object, Frame& frame) {
  if (type == "myOrder") return read_ws_order(object, frame.values, frame.collected);
  if (type == "myAsset") return read_ws_assets(object, frame.values, frame.collected);
  frame.unknown_type = true;
  return false;
}

bool read_message(json::object& object, Frame& frame) {
  Token token;
  std::string_view type;
  if (!find_type(object, token)) return false;
  if (!token.seen) return read_untyped(object, frame);
  if (!word(token, type)) return false;
  return frame.channel == EB_CHANNEL_PRIVATE ? read_private(type, object, frame)
                                             : read_public(type, object, frame);
}

// One message, or a list of them in the formats that end in _LIST.
bool read_frame(json::document& document, Frame& frame) {
  json::json_type type{};
  if (document.type().get(type) != simdjson::SUCCESS) return false;
  if (type == json::json_type::array) {
    return read_objects(document,
                        [&](json::object& object) { return read_message(object, frame); }) &&
           at_end(document);
  }
  json::object object;
  return document.get_object().get(object) == simdjson::SUCCESS && read_message(object, frame) &&
         at_end(document);
}

}  // namespace

bool find_type(json::object& object, Token& type) {
  for (const std::string_view name : {"type", "ty"}) {
    json::value value;
    const auto error = object.find_field_unordered(name).get(value);
    if (error == simdjson::SUCCESS) {
      type = {trimmed(value.raw_json_token()), true, false};
    } else if (error != simdjson::NO_SUCH_FIELD) {
      return false;
    }
    if (object.reset().error() != simdjson::SUCCESS) return false;
    if (type.seen) return true;
  }
  return true;
}

Failure decode_frame(std::int32_t channel, eb_bytes bytes, const eb_decimal_v1* decimal,
                     Scratch& scratch, const eb_exchange_sink& sink) {
  if (channel != EB_CHANNEL_PUBLIC && channel != EB_CHANNEL_PRIVATE) {
    return bad_field("channel", "unknown");
  }
  const std::string_view text = view(bytes);
  if (text.size() > kMaxMessage) return {EB_ERR_TOO_LARGE, "the frame is too large"};
  scratch.collected.clear();
  Frame frame{channel, Values(decimal), scratch.collected};
  json::document document;
  if (scratch.parser.iterate(scratch.copy(text)).get(document) != simdjson::SUCCESS ||
      !read_frame(document, frame)) {
    if (frame.unknown_type) return {EB_ERR_UNSUPPORTED, "a message type that is not known here"};
    return {EB_ERR_PARSE, "the frame is broken"};
  }
  if (!frame.error) return {emit(scratch.collected, sink)};
  auto answer = make<eb_answer>();
  answer.meaning = meaning_of_error(frame.error->name);
  answer.name = borrow(frame.error->name);
  answer.message = borrow(frame.error->message);
  return {emit(answer, sink)};
}

}  // namespace everbit::exchange_upbit

#include "upbit-sim/ws/request.h"

#include <algorithm>

#include "upbit-sim/base/text.h"
#include "upbit-sim/json/value.h"

namespace everbit::upbit_sim {
namespace {

StreamError wrong_format() { return {"WRONG_FORMAT", "요청 형식이 올바르지 않습니다."}; }
StreamError invalid_param() { return {"INVALID_PARAM", "요청 파라미터가 올바르지 않습니다."}; }

bool is_private_type(std::string_view type) { return type == "myOrder" || type == "myAsset"; }

std::optional<StreamFormat> parse_format(std::string_view text) {
  if (text == "DEFAULT") return StreamFormat::kDefault;
  if (text == "SIMPLE") return StreamFormat::kSimple;
  if (text == "JSON_LIST") return StreamFormat::kJsonList;
  if (text == "SIMPLE_LIST") return StreamFormat::kSimpleList;
  return std::nullopt;
}

// "KRW-BTC" or, for order books, "KRW-BTC.15".
StreamCode parse_code(const std::string& text, bool with_depth) {
  const auto dot = text.find('.');
  if (!with_depth || dot == std::string::npos) return {text, 30};
  const auto depth = parse_integer(text.substr(dot + 1)).value_or(30);
  const bool supported = depth == 1 || depth == 5 || depth == 15;
  return {text.substr(0, dot), supported ? static_cast<std::size_t>(depth) : 30};
}

bool flag(const Json& object, std::string_view name, std::string_view camel) {
  return object.bool_at(name).value_or(object.bool_at(camel).value_or(false));
}

std::optional<StreamError> parse_codes(const Json& object, StreamRequest& request) {
  const Json* codes = object.find("codes");
  if (request.type == "myAsset") {
    if (codes != nullptr) return wrong_format();
    return std::nullopt;
  }
  const bool optional = request.type == "myOrder";
  if (codes == nullptr) {
    if (optional) return std::nullopt;
    return StreamError{"NO_CODES", "codes가 없습니다."};
  }
  if (!codes->is_array()) return wrong_format();
  for (const Json& code : codes->items()) {
    if (!code.is_string()) return wrong_format();
    request.codes.push_back(parse_code(code.text(), request.type == "orderbook"));
  }
  if (request.codes.empty() && !optional) return StreamError{"NO_CODES", "codes가 없습니다."};
  return std::nullopt;
}

std::variant<StreamRequest, StreamError> parse_stream(const Json& object, bool is_private) {
  StreamRequest request;
  const Json* type = object.find("type");
  if (!type->is_string()) return wrong_format();
  request.type = type->text();
  if (request.type.starts_with("candle.")) {
    request.candle_unit = stream_unit(request.type.substr(7));
    if (!request.candle_unit) return invalid_param();
  } else if (request.type != "ticker" && request.type != "trade" && request.type != "orderbook" &&
             !is_private_type(request.type)) {
    return invalid_param();
  }
  if (is_private != is_private_type(request.type)) {
    return StreamError{"INVALID_AUTH", "인증 정보가 올바르지 않습니다."};
  }
  if (auto error = parse_codes(object, request)) return *error;
  request.level = object.decimal_at("level").value_or(Decimal{});
  const bool only_snapshot = flag(object, "is_only_snapshot", "isOnlySnapshot");
  const bool only_realtime = flag(object, "is_only_realtime", "isOnlyRealtime");
  request.snapshot = !only_realtime;
  request.realtime = !only_snapshot;
  return request;
}

}  // namespace

std::variant<StreamMessage, StreamError> parse_stream_message(std::string_view text,
                                                              bool is_private) {
  const auto json = Json::parse(text);
  if (!json || !json->is_array()) return wrong_format();
  StreamMessage message;
  bool has_ticket = false;
  for (const Json& item : json->items()) {
    if (!item.is_object()) return wrong_format();
    if (const Json* ticket = item.find("ticket"); ticket != nullptr) {
      if (!ticket->is_string()) return wrong_format();
      message.ticket = ticket->text();
      has_ticket = true;
    } else if (const Json* format = item.find("format"); format != nullptr) {
      message.format = parse_format(format->text());
      if (!message.format) return invalid_param();
    } else if (const auto method = item.string_at("method")) {
      if (*method != "LIST_SUBSCRIPTIONS") return invalid_param();
      message.list_subscriptions = true;
    } else if (item.find("type") != nullptr) {
      auto stream = parse_stream(item, is_private);
      if (const auto* error = std::get_if<StreamError>(&stream)) return *error;
      message.streams.push_back(std::get<StreamRequest>(std::move(stream)));
    } else {
      return StreamError{"NO_TYPE", "type이 없습니다."};
    }
  }
  if (!has_ticket) return StreamError{"NO_TICKET", "ticket이 없습니다."};
  if (message.streams.empty() && !message.list_subscriptions) {
    return StreamError{"NO_TYPE", "type이 없습니다."};
  }
  return message;
}

}  // namespace everbit::upbit_sim

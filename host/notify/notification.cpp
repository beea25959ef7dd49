#include "notify/notification.h"

#include <simdjson.h>

#include <algorithm>

#include "base/json_writer.h"

namespace everbit::notify {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostPayload = 3993;
constexpr std::size_t kLongestBody = 600;
constexpr std::string_view kStopLoss = "EXIT_STOPLOSS";
constexpr std::string_view kManual = "EXIT_MANUAL";

std::string text_of(const element& json, std::string_view key) {
  std::string_view text;
  return json[key].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::string side_in_korean(std::string_view side) { return side == "BUY" ? "매수" : "매도"; }

// Older clients know five types: a manual exit is shown as the stop-loss that it is like.
std::string_view shown_type(std::string_view intent_type) {
  return intent_type == kManual ? kStopLoss : intent_type;
}

std::string order_data(const ToldEvent& event, const OrderFacts& order, const std::string& uuid) {
  JsonWriter json;
  json.begin_object()
      .field("strategyKey", order.strategy_key)
      .field("market", event.market)
      .field("side", order.side)
      .field("intentType", shown_type(order.intent_type))
      .field("manual", order.intent_type == kManual)
      .field("requestedKrw", order.requested_krw)
      .field("requestedVolume", order.requested_volume)
      .field("upbitUuid", uuid)
      .field("mode", order.mode);
  return json.end_object().take();
}

std::string order_text(const ToldEvent& event, const OrderFacts& order, std::string_view what) {
  const std::string type = order.intent_type == kManual ? "직접 매도" : order.intent_type;
  return event.market + " " + side_in_korean(order.side) + " (" + type + ") " + std::string(what);
}

// What was not looked up is what the event itself says.
OrderFacts facts_of(const ToldEvent& event, const element& json,
                    const std::optional<OrderFacts>& order) {
  if (order) return *order;
  OrderFacts facts;
  facts.strategy_key = event.strategy_key;
  facts.side = text_of(json, "side");
  facts.intent_type = text_of(json, "intentType");
  return facts;
}

Notification accepted(const ToldEvent& event, const element& json,
                      const std::optional<OrderFacts>& order) {
  const OrderFacts facts = facts_of(event, json, order);
  const std::string uuid = text_of(json, "upbitUuid");
  return {PushType::kOrderAccepted,
          {},
          "주문 접수",
          order_text(event, facts, "접수"),
          "/orders/" + uuid,
          order_data(event, facts, uuid),
          ""};
}

// Closed; told only if something was executed.
std::optional<Notification> closed(const ToldEvent& event, const element& json,
                                   const std::optional<OrderFacts>& order) {
  const std::string volume = text_of(json, "executedVolume");
  if (volume.find_first_not_of("0.") == std::string::npos) return std::nullopt;
  const OrderFacts facts = facts_of(event, json, order);
  const std::string uuid = text_of(json, "upbitUuid");
  Notification told{PushType::kOrderFilled,
                    {},
                    "주문 체결",
                    order_text(event, facts, "체결 " + volume),
                    "/orders/" + uuid,
                    order_data(event, facts, uuid),
                    ""};
  if (facts.intent_type == kStopLoss) {
    told.type = PushType::kStopLoss;
    told.otherwise = PushType::kOrderFilled;
    told.title = "손절";
  }
  return told;
}

std::string market_data(const ToldEvent& event, const element& json) {
  JsonWriter data;
  data.begin_object().field("market", event.market).field("strategyKey", event.strategy_key);
  data.key("detail").raw(simdjson::minify(json)).end_object();
  return data.take();
}

Notification of_market(PushType type, const ToldEvent& event, const element& json,
                       std::string title, const std::string& words) {
  return {type,
          {},
          std::move(title),
          event.market + " " + words,
          "/dashboard",
          market_data(event, json),
          ""};
}

std::string listed(const element& json, std::string_view key, std::string_view field) {
  simdjson::dom::array items;
  std::string out;
  if (json[key].get(items) != simdjson::SUCCESS) return out;
  for (const element item : items) {
    std::string_view text;
    const auto found = field.empty() ? item.get(text) : item[field].get(text);
    if (found == simdjson::SUCCESS) out += (out.empty() ? "" : ", ") + std::string(text);
  }
  return out;
}

// Only what nobody asked for: an owner's own hand on the switch names who it was.
std::optional<Notification> switched(const ToldEvent& event, const element& json) {
  const std::string position = text_of(json, "position");
  const std::string by = text_of(json, "changedBy");
  if ((!by.empty() && by != "everbitd") || position == "ON" || position.empty()) {
    return std::nullopt;
  }
  const std::string where = position == "OFF" ? "모든 거래를 멈췄습니다" : "매도만 합니다";
  return Notification{PushType::kKillSwitchOff,
                      {},
                      "거래 스위치",
                      where + " (" + text_of(json, "reasonCode") + ")",
                      "/dashboard",
                      market_data(event, json),
                      ""};
}

Notification simple(PushType type, const ToldEvent& event, const element& json, std::string title,
                    std::string words, std::string link) {
  return {type, {}, std::move(title), std::move(words), std::move(link), market_data(event, json),
          ""};
}

std::optional<Notification> compose_parsed(const ToldEvent& event, const element& json,
                                           const std::optional<OrderFacts>& order) {
  if (event.type == "OrderAccepted") return accepted(event, json, order);
  if (event.type == "OrderDone") return closed(event, json, order);
  if (event.type == "StopPassedWhileOff") {
    return of_market(PushType::kStopLoss, event, json, "손절가 이탈 (거래 꺼짐)",
                     "종가 " + text_of(json, "close") + " ≤ 손절가 " + text_of(json, "stop"));
  }
  if (event.type == "ExitRefused") {
    return of_market(PushType::kExitRefused, event, json, "매도 거절",
                     text_of(json, "intentType") + " (" + listed(json, "reasonCodes", "") + ")");
  }
  if (event.type == "StrategyDown") {
    return simple(PushType::kStrategyDown, event, json, "전략 중단",
                  "전략 없는 포지션: " + listed(json, "positions", "market"), "/dashboard");
  }
  if (event.type == "MarketSuspended") {
    auto told = of_market(PushType::kMarketSuspended, event, json, "마켓 거래 정지",
                          "(" + text_of(json, "reasonCode") + ")");
    told.subject = "market:" + event.market;
    return told;
  }
  if (event.type == "Blocked418") {
    auto told = simple(PushType::kBlocked418, event, json, "업비트 차단",
                       text_of(json, "blockedUntil") + "까지", "/dashboard");
    told.subject = "block:" + text_of(json, "side");
    return told;
  }
  if (event.type == "KillSwitchChanged") return switched(event, json);
  if (event.type == "KeyRefused") {
    return simple(PushType::kKeyExpiring, event, json, "업비트 API 키",
                  "업비트가 키를 거절했습니다 (" + text_of(json, "code") + ")", "/settings");
  }
  if (event.type == "KeyExpiring") {
    return simple(PushType::kKeyExpiring, event, json, "업비트 API 키",
                  "키가 " + text_of(json, "expiresAt") + "에 만료됩니다", "/settings");
  }
  if (event.type == "DaemonRestarted") {
    return simple(PushType::kRestarted, event, json, "재시작", "비정상 종료 뒤 다시 시작했습니다",
                  "/dashboard");
  }
  if (event.type == "BacktestFinished") {
    const std::string status = text_of(json, "status");
    return simple(PushType::kBacktestDone, event, json, "백테스트",
                  status == "DONE" ? "끝났습니다" : "실패 (" + text_of(json, "errorCode") + ")",
                  "/backtests/" + text_of(json, "jobPublicId"));
  }
  return std::nullopt;
}

}  // namespace

Result<ToldEvent> parse_event(std::string_view envelope) {
  simdjson::dom::parser parser;
  element json;
  element payload;
  const Error unreadable("EVENT_UNREADABLE", "the envelope is none");
  if (parser.parse(simdjson::padded_string(envelope)).get(json) != simdjson::SUCCESS ||
      json["payload"].get(payload) != simdjson::SUCCESS || !payload.is_object()) {
    return unreadable;
  }
  const auto id = Uuid::parse(text_of(json, "eventId"));
  const auto at = Timestamp::parse(text_of(json, "occurredAt"));
  if (!id || !at) return unreadable;
  ToldEvent event{*id,
                  text_of(json, "type"),
                  *at,
                  text_of(json, "strategyKey"),
                  text_of(json, "market"),
                  simdjson::minify(payload)};
  if (event.type.empty()) return unreadable;
  return event;
}

std::string upbit_uuid_of(const ToldEvent& event) {
  simdjson::dom::parser parser;
  element json;
  if (parser.parse(simdjson::padded_string(event.payload)).get(json) != simdjson::SUCCESS)
    return "";
  return text_of(json, "upbitUuid");
}

std::optional<Notification> compose(const ToldEvent& event,
                                    const std::optional<OrderFacts>& order) {
  simdjson::dom::parser parser;
  element json;
  if (parser.parse(simdjson::padded_string(event.payload)).get(json) != simdjson::SUCCESS ||
      !json.is_object()) {
    return std::nullopt;
  }
  return compose_parsed(event, json, order);
}

std::string payload_of(const Uuid& event_id, Timestamp occurred_at, PushType type,
                       const Notification& told) {
  const auto write = [&](std::string_view data, std::string_view body) {
    JsonWriter json;
    json.begin_object()
        .field("schemaVersion", 1)
        .field("eventId", event_id)
        .field("type", to_string(type))
        .field("occurredAt", occurred_at)
        .field("title", told.title)
        .field("body", body)
        .field("deepLink", told.deep_link)
        .key("data")
        .raw(data)
        .end_object();
    return json.take();
  };
  std::string text = write(told.data, told.body);
  if (text.size() > kMostPayload) text = write("{}", told.body);
  if (text.size() <= kMostPayload) return text;
  std::size_t keep = std::min(kLongestBody, told.body.size());
  // Not in the middle of a character.
  while (keep > 0 && (static_cast<unsigned char>(told.body[keep]) & 0xc0U) == 0x80U) --keep;
  return write("{}", told.body.substr(0, keep));
}

}  // namespace everbit::notify

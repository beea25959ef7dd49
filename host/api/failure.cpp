#include "api/failure.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/log.h"
#include "http/error_body.h"

namespace everbit::api {
namespace {

constexpr std::string_view kConflict = "CONFLICT";
constexpr std::string_view kMissing = "NOT_FOUND";
constexpr std::string_view kUnavailable = "SERVICE_UNAVAILABLE";

// By the host's code.
struct Known {
  std::string_view code;
  http::ErrorText text;
};

// The reason is the code itself where page 50 names it.
constexpr Known named(std::string_view code, unsigned status, std::string_view group,
                      std::string_view message) {
  return {code, {status, group, code, message}};
}

constexpr std::array kKnown = {
    named("UPBIT_BLOCKED_418", 409, kConflict, "업비트 차단이 끝나야 켤 수 있습니다."),
    named("KILL_FILE_PRESENT", 409, kConflict, "kill-switch.off 파일을 지워야 켤 수 있습니다."),
    named("ACCOUNT_CHANGED", 409, kConflict, "API 키의 계정을 먼저 확인해야 합니다."),
    named("STRATEGY_UNKNOWN", 404, kMissing, "없는 전략입니다."),
    named("KILL_SWITCH_OFF", 409, kConflict, "거래 스위치가 꺼져 있습니다."),
    named("MARKET_SUSPENDED", 409, kConflict, "거래가 정지된 마켓입니다."),
    named("MARKET_HAS_UNKNOWN", 409, kConflict, "결과를 알 수 없는 주문이 이 마켓에 있습니다."),
    named("INTENT_OPEN", 409, kConflict, "이 마켓에 진행 중인 주문이 있습니다."),
    named("DUST", 409, kConflict, "업비트의 최소 주문 금액보다 적은 수량입니다."),
    named("KEY_MISSING", 409, kConflict, "업비트 API 키가 없습니다."),
    named("KEY_NOT_VERIFIED", 409, kConflict, "업비트 API 키가 확인되지 않았습니다."),
    named("POSITION_MISMATCH", 409, kConflict, "업비트 잔고가 포지션보다 적습니다."),
    named("NOT_UNKNOWN", 409, kConflict, "결과를 알 수 없는(UNKNOWN) 시도가 아닙니다."),
    named("QUARANTINE", 409, kConflict, "주문이 아직 나타날 수 있습니다."),
    named("NOT_STUCK", 409, kConflict, "ORDER_STUCK으로 알린 주문이 아니거나 이미 끝났습니다."),
    named("JOB_FINISHED", 409, kConflict, "이미 끝난 백테스트입니다."),
    named("NOT_DONE", 409, kConflict, "백테스트 결과가 아직 없습니다."),
    named("IDEMPOTENCY_KEY_REUSED", 409, kConflict, "같은 키로 다른 요청을 보냈습니다."),
    named("BACKTEST_QUEUE_FULL", 429, "RATE_LIMIT_EXCEEDED", "대기 중인 백테스트가 20개입니다."),
    named("JOB_NOT_FOUND", 404, kMissing, "없는 백테스트입니다."),
    named("SUBSCRIPTION_LIMIT", 409, kConflict, "알림을 받는 기기가 20대입니다."),
    named("SUBSCRIPTION_UNKNOWN", 404, kMissing, "없는 알림 구독입니다."),
    named("PUSH_NOT_SET_UP", 409, kConflict, "VAPID 키가 설정되지 않았습니다."),
    named("NO_POSITION", 404, kMissing, "열린 포지션이 없습니다."),
    Known{"MARKET_UNKNOWN", {404, kMissing, "MARKET_NOT_FOUND", "없는 마켓입니다."}},
    Known{"ATTEMPT_NOT_FOUND", {404, kMissing, "ATTEMPT_UNKNOWN", "없는 시도입니다."}},
    Known{"ORDER_NOT_FOUND", {404, "ORDER_NOT_FOUND", "UPBIT_UUID_UNKNOWN", "없는 주문입니다."}},
    Known{"NO_TRADER", {503, kUnavailable, "TRADER_UNAVAILABLE", "거래 프로세스가 없습니다."}},
    Known{"FENCED", {503, kUnavailable, "TRADER_UNAVAILABLE", "거래 프로세스가 바뀌었습니다."}},
};

constexpr http::ErrorText kNoDatabase{503, kUnavailable, "DATABASE_UNAVAILABLE",
                                      "데이터베이스가 응답하지 않습니다."};
constexpr http::ErrorText kBlocked{503, kUnavailable, "UPBIT_BLOCKED_418",
                                   "업비트가 요청을 차단했습니다."};
constexpr std::chrono::seconds kRetryAfter{1};

// The attempts that stand in the way come with commas.
std::string details_of(const Error& error) {
  if (error.code != "MARKET_HAS_UNKNOWN") return {};
  JsonWriter json;
  json.begin_object().key("attempts").begin_array();
  std::string_view rest = error.field;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    json.value(one);
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return json.end_array().end_object().take();
}

bool is_of_database(std::string_view code) {
  return code == "COMMIT_UNDECIDED" || code == "DB_UNAVAILABLE" || code == "DB_POOL_TIMEOUT" ||
         code == "DB_CONNECTION_LOST" || code == "DB_TIMEOUT" || code == "DB_SHORTAGE" ||
         code == "DB_CONFLICT";
}

}  // namespace

http::Response failure(const Error& error, std::string_view given) {
  const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& one) { return one.code == error.code; });
  if (known != kKnown.end()) {
    return http::error_response(known->text,
                                given.empty() ? details_of(error) : std::string(given));
  }
  log_warn("api_failed", {{"error", to_string(error)}});
  if (!is_of_database(error.code)) return http::error_response(500);
  JsonWriter details;
  details.begin_object().field("retryAfter", kRetryAfter.count()).end_object();
  auto response = http::error_response(kNoDatabase, details.str());
  response.retry_after = kRetryAfter;
  return response;
}

http::Response blocked(Timestamp until) {
  JsonWriter details;
  details.begin_object().field("blockedUntil", until).end_object();
  return http::error_response(kBlocked, details.str());
}

Error parse_failure(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  std::string_view reason;
  std::string_view message;
  if (parser.parse(simdjson::padded_string(body)).get(json) != simdjson::SUCCESS ||
      json["reasonCode"].get(reason) != simdjson::SUCCESS ||
      json["message"].get(message) != simdjson::SUCCESS) {
    return Error("ADMIN_SILENT", "the daemon's answer cannot be read");
  }
  simdjson::dom::element details;
  std::string field;
  if (json["details"].get(details) == simdjson::SUCCESS && !details.is_null()) {
    field = simdjson::minify(details);
  }
  return Error(std::string(reason), std::string(message), std::move(field));
}

}  // namespace everbit::api

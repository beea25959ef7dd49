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

// By the host's code; the reason is the code itself where page 50 names it.
constexpr std::array kKnown = {
    http::ErrorText{409, kConflict, "UPBIT_BLOCKED_418", "업비트 차단이 끝나야 켤 수 있습니다."},
    http::ErrorText{409, kConflict, "KILL_FILE_PRESENT",
                    "kill-switch.off 파일을 지워야 켤 수 있습니다."},
    http::ErrorText{409, kConflict, "ACCOUNT_CHANGED", "API 키의 계정을 먼저 확인해야 합니다."},
    http::ErrorText{404, "NOT_FOUND", "STRATEGY_UNKNOWN", "없는 전략입니다."},
};

constexpr http::ErrorText kNoDatabase{503, "SERVICE_UNAVAILABLE", "DATABASE_UNAVAILABLE",
                                      "데이터베이스가 응답하지 않습니다."};
constexpr std::chrono::seconds kRetryAfter{1};

bool is_of_database(std::string_view code) {
  return code == "COMMIT_UNDECIDED" || code == "DB_UNAVAILABLE" || code == "DB_POOL_TIMEOUT" ||
         code == "DB_CONNECTION_LOST" || code == "DB_TIMEOUT" || code == "DB_SHORTAGE" ||
         code == "DB_CONFLICT";
}

}  // namespace

http::Response failure(const Error& error) {
  const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const http::ErrorText& text) {
    return text.reason == error.code;
  });
  if (known != kKnown.end()) return http::error_response(*known);
  log_warn("api_failed", {{"error", to_string(error)}});
  if (!is_of_database(error.code)) return http::error_response(500);
  JsonWriter details;
  details.begin_object().field("retryAfter", kRetryAfter.count()).end_object();
  auto response = http::error_response(kNoDatabase, details.str());
  response.retry_after = kRetryAfter;
  return response;
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
  return Error(std::string(reason), std::string(message));
}

}  // namespace everbit::api

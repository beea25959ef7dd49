#include "http/error_body.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"

namespace everbit::http {
namespace {

constexpr std::array kErrors = {
    ErrorText{400, "BAD_REQUEST", "VALIDATION_FAILED", "잘못된 요청입니다."},
    ErrorText{403, "FORBIDDEN", "NOT_OWNER", "권한이 없습니다."},
    ErrorText{404, "NOT_FOUND", "ROUTE_UNKNOWN", "없는 주소입니다."},
    ErrorText{405, "METHOD_NOT_ALLOWED", "METHOD_NOT_ALLOWED", "허용되지 않는 메서드입니다."},
    ErrorText{413, "PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE", "본문이 너무 큽니다."},
    ErrorText{415, "UNSUPPORTED_MEDIA_TYPE", "UNSUPPORTED_MEDIA_TYPE", "JSON 본문만 받습니다."},
    ErrorText{421, "MISDIRECTED_REQUEST", "HOST_NOT_ALLOWED", "허용되지 않는 호스트입니다."},
    ErrorText{431, "BAD_REQUEST", "HEADERS_TOO_LARGE", "요청 헤더가 너무 큽니다."},
    ErrorText{503, "SERVICE_UNAVAILABLE", "SHUTTING_DOWN", "종료 중입니다."},
    ErrorText{500, "INTERNAL_ERROR", "UNEXPECTED_ERROR", "내부 오류입니다."}};

}  // namespace

Response error_response(const ErrorText& text, std::string_view details) {
  JsonWriter json;
  json.begin_object().field("code", text.code).field("message", text.message);
  json.field("reasonCode", text.reason).key("details");
  if (details.empty()) {
    json.null();
  } else {
    json.raw(details);
  }
  json.end_object();
  Response response;
  response.status = text.status;
  response.body = json.take();
  return response;
}

Response error_response(unsigned status) {
  const auto known = std::find_if(kErrors.begin(), kErrors.end(),
                                  [&](const ErrorText& e) { return e.status == status; });
  return error_response(known == kErrors.end() ? kErrors.back() : *known);
}

}  // namespace everbit::http

#include "ops/ops_response.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/log.h"

namespace everbit::ops {
namespace {

struct ErrorText {
  unsigned status;
  std::string_view code;
  std::string_view reason;
  std::string_view message;
};

constexpr std::array kErrors = {
    ErrorText{400, "BAD_REQUEST", "VALIDATION_FAILED", "잘못된 요청입니다."},
    ErrorText{404, "NOT_FOUND", "ROUTE_UNKNOWN", "없는 주소입니다."},
    ErrorText{405, "METHOD_NOT_ALLOWED", "METHOD_NOT_ALLOWED", "허용되지 않는 메서드입니다."},
    ErrorText{413, "PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE", "본문을 받지 않습니다."},
    ErrorText{421, "MISDIRECTED_REQUEST", "HOST_NOT_ALLOWED", "허용되지 않는 호스트입니다."},
    ErrorText{431, "BAD_REQUEST", "HEADERS_TOO_LARGE", "요청 헤더가 너무 큽니다."},
    ErrorText{500, "INTERNAL_ERROR", "UNEXPECTED_ERROR", "내부 오류입니다."}};

constexpr std::array<std::string_view, 3> kOwnHosts = {"localhost", "127.0.0.1", "[::1]"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "name:port" and "[::1]:port" without the port; anything odd stays as it is and is not found.
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return host;
  const std::string_view name = host.substr(0, colon);
  const std::string_view port = host.substr(colon + 1);
  const bool digits =
      !port.empty() && port.size() <= 5 &&
      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? name : host;
}

}  // namespace

OpsResponse error_response(unsigned status) {
  const auto known = std::find_if(kErrors.begin(), kErrors.end(),
                                  [&](const ErrorText& e) { return e.status == status; });
  const ErrorText& text = known == kErrors.end() ? kErrors.back() : *known;
  JsonWriter json;
  json.begin_object().field("code", text.code).field("message", text.message);
  json.field("reasonCode", text.reason).key("details").null().end_object();
  OpsResponse response;
  response.status = text.status;
  response.body = json.take();
  return response;
}

OpsRouter::OpsRouter(const Health& health, std::function<std::string()> metrics,
                     std::vector<std::string> hosts)
    : health_(health), metrics_(std::move(metrics)), hosts_(std::move(hosts)) {}

void OpsRouter::set_hosts(std::vector<std::string> hosts) {
  const std::lock_guard lock(mutex_);
  hosts_ = std::move(hosts);
}

bool OpsRouter::host_allowed(std::string_view host) const {
  const std::string name = lower(without_port(host));
  if (std::find(kOwnHosts.begin(), kOwnHosts.end(), name) != kOwnHosts.end()) return true;
  const std::lock_guard lock(mutex_);
  return std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end();
}

OpsResponse OpsRouter::answer(std::string_view method, std::string_view target,
                              std::string_view host, std::size_t host_count) const {
  if (host_count > 1) return error_response(400);
  if (host_count == 0 || !host_allowed(host)) return error_response(421);
  const std::string_view path = target.substr(0, target.find('?'));
  const bool known = path == "/health/live" || path == "/health/ready" || path == "/metrics";
  if (!known) return error_response(404);
  if (method != "GET" && method != "HEAD") {
    OpsResponse response = error_response(405);
    response.allow = "GET, HEAD";
    return response;
  }

  OpsResponse response;
  if (path == "/metrics") {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_();
  } else if (path == "/health/live") {
    response.body = health_.live_json();
    response.status = health_.live() ? 200 : 503;
  } else {
    response.body = health_.ready_json();
    response.status = health_.ready() ? 200 : 503;
  }
  return response;
}

}  // namespace everbit::ops

#include "ops/ops_response.h"

#include <algorithm>
#include <array>

#include "http/error_body.h"

namespace everbit::ops {
namespace {

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

http::Response OpsRouter::answer(std::string_view method, std::string_view target,
                                 std::string_view host, std::size_t host_count) const {
  if (host_count > 1) return http::error_response(400);
  if (host_count == 0 || !host_allowed(host)) return http::error_response(421);
  const std::string_view path = target.substr(0, target.find('?'));
  const bool known = path == "/health/live" || path == "/health/ready" || path == "/metrics";
  if (!known) return http::error_response(404);
  if (method != "GET" && method != "HEAD") {
    http::Response response = http::error_response(405);
    response.allow = "GET, HEAD";
    return response;
  }

  http::Response response;
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

#include "ops/ops_listener.h"

namespace everbit::ops {
namespace {

http::ServerLimits limits_of(const OpsListenerOptions& options) {
  http::ServerLimits limits;
  limits.header_bytes = options.header_bytes;
  limits.body_bytes = 0;
  limits.connections = options.connections;
  limits.header_patience = limits.body_patience = options.patience;
  return limits;
}

}  // namespace

OpsListener::OpsListener(OpsListenerOptions options, const Health& health, MetricsText metrics)
    : router_(health, std::move(metrics), std::move(options.hosts)) {}

OpsListener::~OpsListener() = default;

Result<std::unique_ptr<OpsListener>> OpsListener::start(OpsListenerOptions options,
                                                        const Health& health, MetricsText metrics) {
  if (!config::is_loopback_or_private(options.listen.host)) {
    return Error("LISTEN_PUBLIC", "the address is neither loopback nor private", "ops.listen");
  }
  const config::ListenAddress address = options.listen;
  const http::ServerLimits limits = limits_of(options);
  std::unique_ptr<OpsListener> listener(
      new OpsListener(std::move(options), health, std::move(metrics)));
  auto server = http::HttpServer::listen(
      address, limits, [router = &listener->router_](const http::Request& request) {
        return router->answer(request.method, request.target, request.host, request.host_count);
      });
  if (!server) {
    return Error("LISTEN_FAILED", server.error().message, "ops.listen");
  }
  listener->server_ = std::move(*server);
  return listener;
}

std::uint16_t OpsListener::port() const { return server_->port(); }

void OpsListener::set_hosts(std::vector<std::string> hosts) { router_.set_hosts(std::move(hosts)); }

}  // namespace everbit::ops

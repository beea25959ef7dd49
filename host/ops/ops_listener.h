#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/listen_address.h"
#include "http/http_server.h"
#include "ops/health.h"
#include "ops/ops_response.h"

namespace everbit::ops {

struct OpsListenerOptions {
  config::ListenAddress listen;
  // Besides localhost, 127.0.0.1 and [::1].
  std::vector<std::string> hosts;
  std::size_t header_bytes = 8 * 1024;
  std::size_t connections = 32;
  // For a whole request, and for an idle connection.
  std::chrono::milliseconds patience{5000};
};

// Serves /health/live, /health/ready and /metrics on an address of its own, loopback or private,
// never the API's. GET and HEAD alone, no bodies; a Host outside the list gets 421, so that a web
// page which resolves its own name to this address learns nothing. One thread of its own, from
// start() to the destructor.
class OpsListener {
 public:
  // Called on the listener's thread for each scrape.
  using MetricsText = std::function<std::string()>;

  // Binds and serves. `health` outlives the listener. Codes LISTEN_PUBLIC, LISTEN_FAILED.
  static Result<std::unique_ptr<OpsListener>> start(OpsListenerOptions options,
                                                    const Health& health, MetricsText metrics);
  ~OpsListener();
  OpsListener(const OpsListener&) = delete;
  OpsListener& operator=(const OpsListener&) = delete;

  // The port that the kernel picked when 0 was asked for.
  std::uint16_t port() const;
  // Another list of hosts, after a reload; any thread.
  void set_hosts(std::vector<std::string> hosts);

 private:
  OpsListener(OpsListenerOptions options, const Health& health, MetricsText metrics);

  OpsRouter router_;
  std::unique_ptr<http::HttpServer> server_;
};

}  // namespace everbit::ops

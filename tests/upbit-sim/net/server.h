#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "upbit-sim/base/time.h"
#include "upbit-sim/net/http.h"

namespace boost::asio {
class io_context;
}

namespace everbit::upbit_sim {

struct TlsFiles {
  std::string certificate;  // PEM chain
  std::string key;
};

// HTTP/1.1 with keep-alive and WebSocket on one port, plain or TLS 1.2+. Everything is called on
// the io_context's single thread.
class Server {
 public:
  struct Handlers {
    std::function<void(HttpRequest, Responder)> on_request;
    // A response refuses the handshake. Not set: no WebSockets here.
    std::function<std::optional<HttpResponse>(const HttpRequest&)> on_upgrade;
    std::function<void(std::shared_ptr<WebSocket>, const HttpRequest&)> on_websocket;
  };

  // Throws std::runtime_error when the certificate or the key cannot be used.
  Server(boost::asio::io_context& io, Handlers handlers, const std::optional<TlsFiles>& tls);
  ~Server();

  // Port 0 takes a free one; returns the port. Throws std::runtime_error when it cannot listen.
  std::uint16_t listen(const std::string& address, std::uint16_t port);
  // A WebSocket without data in either direction for so long is reset (no close frame).
  void set_websocket_idle_timeout(Millis timeout);

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace everbit::upbit_sim

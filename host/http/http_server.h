#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "config/listen_address.h"
#include "http/message.h"

namespace everbit::http {

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 256 * 1024;  // 0: a request with a body is refused
  std::size_t connections = 512;
  // For a whole header, and for an idle connection: who sends byte by byte gains no time.
  std::chrono::milliseconds header_patience{10'000};
  // For a whole body, and for taking the answer.
  std::chrono::milliseconds body_patience{15'000};
  // Threads that call the handler. 0: the server's own, for a handler that never waits.
  std::size_t workers = 0;
};

// One listener: takes requests within its limits, one after the other on each connection, and sends
// what the handler answers, with X-Request-Id. A request that is no HTTP or too large is answered
// here. One thread of its own for the sockets; from start to the destructor, which waits for the
// calls that are under way.
class HttpServer {
 public:
  // Called for each request; a throw becomes 500.
  using Handler = std::function<Response(const Request&)>;

  // Port 0: the kernel picks one. Code LISTEN_FAILED.
  static Result<std::unique_ptr<HttpServer>> listen(const config::ListenAddress& address,
                                                    ServerLimits limits, Handler handler);
  // A socket file with mode 0660, for root and `group`; others who get to it nevertheless are told
  // 403. What a dead process has left there is replaced, a living one is not: code LISTEN_FAILED.
  static Result<std::unique_ptr<HttpServer>> listen(const std::filesystem::path& path, gid_t group,
                                                    ServerLimits limits, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace everbit::http

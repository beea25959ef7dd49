#include "api/admin_socket.h"

#include <unistd.h>

namespace everbit::api {
namespace {

http::ServerLimits limits() {
  http::ServerLimits limits;
  limits.connections = 16;
  // As many as connections: whoever waits for the database does not keep the kill switch waiting.
  limits.workers = limits.connections;
  return limits;
}

}  // namespace

Result<std::unique_ptr<AdminSocket>> AdminSocket::open(const std::filesystem::path& path,
                                                       Router router) {
  std::unique_ptr<AdminSocket> socket(new AdminSocket(std::move(router)));
  auto server = http::HttpServer::listen(
      path, getegid(), limits(), [endpoints = &socket->router_](const http::Request& request) {
        return endpoints->answer(request);
      });
  if (!server) return server.error();
  socket->server_ = std::move(*server);
  return socket;
}

}  // namespace everbit::api

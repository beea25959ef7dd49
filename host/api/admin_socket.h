#pragma once

#include <filesystem>
#include <memory>

#include "api/router.h"
#include "base/result.h"
#include "http/http_server.h"

namespace everbit::api {

// Page 50's endpoints on the daemon's Unix socket: for root and the members of the group that the
// daemon runs as, known by what the kernel says of them and not by a token. Serves until it is
// destroyed.
class AdminSocket {
 public:
  // Code LISTEN_FAILED.
  static Result<std::unique_ptr<AdminSocket>> open(const std::filesystem::path& path,
                                                   Router router);

 private:
  explicit AdminSocket(Router router) : router_(std::move(router)) {}

  const Router router_;
  std::unique_ptr<http::HttpServer> server_;
};

}  // namespace everbit::api

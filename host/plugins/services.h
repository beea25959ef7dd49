#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "everbit/status.h"

namespace boost::asio::ssl {
class context;
}

namespace everbit::net {
class HttpClient;
class IoThreads;
}  // namespace everbit::net

namespace everbit::plugins {

class WorkerPool;

// What stands behind the extensions that the host gives. A null member: not available here.
struct Services {
  std::shared_ptr<WorkerPool> workers;
  // Both outlive every instance.
  net::HttpClient* http = nullptr;
  net::IoThreads* io = nullptr;
  // "host:port" of the plain origins that eb.http/1 and eb.ws/1 may reach beside TLS ones.
  std::vector<std::string> plain_origins;
  // Of eb.ws/1, from net::make_tls_context: the authorities are read once, never on a strand.
  std::shared_ptr<boost::asio::ssl::context> tls;
  // Extensions of the caller's own, such as eb.notifier.host/1: id and struct, outliving the
  // instance. They are subject to the same grants.
  std::vector<std::pair<std::string, const void*>> extensions;
};

// How an asynchronous operation ended; becomes the one EB_EVENT_OP_DONE.
struct OpResult {
  eb_status status = EB_OK;
  std::int32_t http_status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

}  // namespace everbit::plugins

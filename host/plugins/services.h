#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "everbit/status.h"

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
  // Origins other than https ones that eb.http/1 may call (tests, a private network).
  std::vector<std::string> plain_origins;
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

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "http/unix_peer.h"

namespace everbit::http {

// A whole request, within the server's limits; nothing else of it has been checked.
struct Request {
  std::string method;
  std::string target;  // path and query, as sent
  std::string host;
  std::size_t host_count = 0;  // Host headers; exactly one is right
  std::string content_type;
  std::string body;
  std::string id;                // X-Request-Id of the answer, for the log
  std::optional<UnixPeer> peer;  // of a Unix socket
  // Idempotency-Key, as sent; several stand in it one after the other.
  std::optional<std::string> idempotency_key = std::nullopt;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow;  // for 405
  std::optional<std::chrono::seconds> retry_after;
  bool replayed = false;  // Idempotent-Replay: the answer to an earlier request
};

}  // namespace everbit::http

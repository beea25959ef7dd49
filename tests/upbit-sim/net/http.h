#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everbit::upbit_sim {

struct HttpRequest {
  std::string method;
  std::string path;   // up to the '?'
  std::string query;  // after it, as it was sent
  std::string body;
  std::string peer;  // address of the client, without port
  std::vector<std::pair<std::string, std::string>> headers;

  // The first header of that name (any case); empty when absent.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  // What happens in the middle of the body: a pause, or the end of the connection.
  std::int64_t pause_within_ms = 0;
  bool cut_within = false;
};

// Answers a request, once and at any later time; nullopt resets the connection instead.
using Responder = std::function<void(std::optional<HttpResponse>)>;

// An accepted WebSocket. Kept alive by the server while it is open; after it closed every call does
// nothing. Sending never blocks; a client that does not read is cut off at 64 MiB. One thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void send(std::string payload, bool binary = true) = 0;
  virtual void send_raw(std::string bytes) = 0;  // onto the stream as it is, framing and all
  virtual void close(unsigned short code) = 0;   // with a close frame
  virtual void reset() = 0;                      // without one
  // Half open: nothing is sent or read any more, pings are not answered, and nobody is told.
  virtual void mute() = 0;

  std::function<void(std::string message)> on_message;
  std::function<void()> on_closed;
};

}  // namespace everbit::upbit_sim

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_types.h"
#include "net/origin.h"

namespace everbit::net {

// The client's side of one WebSocket connection as bytes in and bytes out; the only place that
// knows websocketpp. Anything against the protocol ends it. Not thread-safe; an event may not
// destroy it.
class WsCodec {
 public:
  struct Options {
    Url url;
    std::vector<HttpHeader> headers;  // without those of the handshake itself, and without Origin
    std::string user_agent;
    std::size_t max_message_bytes = 0;
  };
  struct Events {
    std::function<void()> opened;
    std::function<void(bool binary, std::string data)> message;
    std::function<void(const std::string& payload)> pong;
  };

  // Code WS_REQUEST when the handshake cannot be made. The handshake is the first output.
  static Result<std::unique_ptr<WsCodec>> make(const Options& options, Events events);
  ~WsCodec();
  WsCodec(const WsCodec&) = delete;
  WsCodec& operator=(const WsCodec&) = delete;

  void feed(std::string_view bytes);
  // False if the connection is not open.
  bool send_text(std::string_view text);
  bool ping(const std::string& payload);

  // What must be written, since the last call.
  std::string take_output();
  // Nothing more will come; `reason` says why. Output may be left (the answer to a close).
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] std::string reason() const;

 private:
  class Impl;
  explicit WsCodec(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace everbit::net

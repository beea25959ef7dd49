#pragma once

#include <string>
#include <string_view>

#include "unit/net/hostile_server.h"

namespace everbit::net::testing {

// The frames of a WebSocket server, made by hand so that they can be wrong.
// Answers the handshake; returns the request, empty if the client went away.
std::string ws_accept(Peer& peer);
// One frame with FIN set: opcode 1 text, 2 binary, 8 close, 9 ping, 10 pong. `claimed` is the
// length it claims, if that is not the payload's.
std::string ws_frame(int opcode, std::string_view payload, std::size_t claimed = 0);

struct WsFrame {
  int opcode = -1;  // -1: the connection ended
  std::string payload;
};

// Reads the client's masked frames from a connection.
class WsReader {
 public:
  explicit WsReader(Peer& peer) : peer_(peer) {}
  WsFrame next();

 private:
  bool fill(std::size_t size);
  Peer& peer_;
  std::string bytes_;
};

}  // namespace everbit::net::testing

#include "unit/net/ws_peer.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace everbit::net::testing {
namespace {

std::string accept_key(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char encoded[32];
  const int size = EVP_EncodeBlock(encoded, digest, sizeof digest);
  return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)};
}

char byte(std::size_t value) { return static_cast<char>(value & 0xff); }

}  // namespace

std::string ws_accept(Peer& peer) {
  const std::string request = peer.read_request();
  const std::string name = "Sec-WebSocket-Key: ";
  const std::size_t at = request.find(name);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size();
  const std::string key = request.substr(begin, request.find("\r\n", begin) - begin);
  peer.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
             ("Sec-WebSocket-Accept: " + accept_key(key)) + "\r\n\r\n");
  return request;
}

std::string ws_frame(int opcode, std::string_view payload, std::size_t claimed) {
  const std::size_t size = claimed != 0 ? claimed : payload.size();
  std::string frame(1, byte(0x80U | static_cast<unsigned>(opcode)));
  if (size < 126) {
    frame += byte(size);
  } else if (size < 65536) {
    frame += {byte(126), byte(size >> 8), byte(size)};
  } else {
    frame += byte(127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += byte(size >> shift);
  }
  return frame.append(payload);
}

bool WsReader::fill(std::size_t size) {
  while (bytes_.size() < size) {
    const std::string more = peer_.read_some();
    if (more.empty()) return false;
    bytes_ += more;
  }
  return true;
}

WsFrame WsReader::next() {
  if (!fill(2)) return {};
  const auto at = [this](std::size_t i) { return static_cast<unsigned char>(bytes_[i]); };
  std::size_t size = at(1) & 0x7fU;
  std::size_t head = 2;
  if (size == 126) {
    if (!fill(4)) return {};
    size = (std::size_t{at(2)} << 8) | at(3);
    head = 4;
  } else if (size == 127) {
    if (!fill(10)) return {};
    size = 0;
    for (std::size_t i = 2; i < 10; ++i) size = (size << 8) | at(i);
    head = 10;
  }
  if (!fill(head + 4 + size)) return {};
  WsFrame frame{at(0) & 0x0f, bytes_.substr(head + 4, size)};
  for (std::size_t i = 0; i < size; ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ bytes_[head + i % 4]);
  }
  bytes_.erase(0, head + 4 + size);
  return frame;
}

}  // namespace everbit::net::testing

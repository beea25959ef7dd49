#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace everbit::upbit_sim {

struct Answer {
  int status = 0;  // 0: the connection ended without an answer
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string header(const std::string& name) const;
};

// A small blocking client for the tests: one connection a request, 5 s for everything. `ca` is the
// certificate to trust; empty speaks plain.
struct ClientRequest {
  std::string method = "GET";
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};
Answer http_call(std::uint16_t port, const ClientRequest& request, const std::string& ca = "");

// A blocking WebSocket.
class ClientSocket {
 public:
  // Not connected when the handshake was refused; `refusal` then has its status.
  ClientSocket(std::uint16_t port, const std::string& path, const std::string& authorization = "",
               const std::string& ca = "");
  ~ClientSocket();

  bool connected() const;
  int refusal() const;
  void send(const std::string& text);
  // The next message; nullopt when the connection ended or nothing came within 5 s.
  std::optional<std::string> read();
  bool last_was_binary() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "Bearer …" as the exchange wants it, HS512.
std::string bearer(const std::string& access_key, const std::string& secret_key,
                   const std::string& query_text, const std::string& nonce,
                   const std::string& hash_name = "SHA512");

}  // namespace everbit::upbit_sim

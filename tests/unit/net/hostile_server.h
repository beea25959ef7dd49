#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/origin.h"
#include "unit/net/test_certificates.h"

namespace everbit::net::testing {

// How the other side's connection ended.
enum class PeerEnd { kOpen, kClosed, kReset };

// The server's side of one connection, driven by a script: it says exactly which bytes go out and
// when the connection dies. Waits end when the server is about to go, and after twenty seconds.
class Peer {
 public:
  Peer(int socket, void* tls, const std::atomic<bool>& stopping)
      : socket_(socket), tls_(tls), stopping_(stopping) {}
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Head and body of one request; empty if the client went away first.
  std::string read_request();
  // Up to `size` bytes as they come; empty at the end of the connection.
  std::string read_some(std::size_t size = 65536);
  // Until the next read finds something or the end; takes nothing.
  bool wait_for_data(std::chrono::milliseconds limit = std::chrono::seconds(20));
  // False when the client is gone.
  bool write(std::string_view bytes);
  // A whole answer that keeps the connection.
  bool answer(int status, const std::string& body, const std::string& headers = "");
  // FIN without the courtesies of TLS.
  void close();
  void reset();
  // Waits until the client ends the connection and says how.
  PeerEnd wait_for_end(std::chrono::milliseconds limit = std::chrono::seconds(20));

 private:
  const int socket_;
  void* const tls_;
  const std::atomic<bool>& stopping_;
  bool closed_ = false;
};

// A server on a free loopback port that runs `script` on a thread for each connection, numbered
// from 0.
class HostileServer {
 public:
  using Script = std::function<void(Peer&, int number)>;

  explicit HostileServer(Script script, const TestCertificates* certificates = nullptr);
  // Waits for the scripts, whose waits end now.
  ~HostileServer();
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  Origin origin(const std::string& host = "127.0.0.1") const;
  int connections() const { return connections_; }

 private:
  void accept();
  void serve(int socket, int number);

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::shared_ptr<void> tls_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace everbit::net::testing

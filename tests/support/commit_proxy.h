#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace everbit::test {

// A TCP proxy before the private PostgreSQL that ruins COMMITs on command, so that a client meets
// each way in which a COMMIT stays without an answer. Connections are served one after another.
class CommitProxy {
 public:
  enum class Fault {
    kNone,
    kCutBefore,  // the COMMIT is dropped, the client's connection closed: not committed
    kCutAfter,   // the COMMIT is carried out, its answer dropped, the connection closed: committed
    kSilence,    // the COMMIT is carried out, the client hears nothing more
  };

  explicit CommitProxy(int server_port);
  ~CommitProxy();
  CommitProxy(const CommitProxy&) = delete;
  CommitProxy& operator=(const CommitProxy&) = delete;

  int port() const { return port_; }
  // For the COMMITs from now on.
  void set_fault(Fault fault) { fault_ = fault; }

 private:
  void serve();
  void relay(int client, int server);
  bool forward_from_client(int client, int server);
  bool forward(int from, int to);

  int listener_ = -1;
  int port_ = 0;
  int server_port_;
  std::atomic<Fault> fault_ = Fault::kNone;
  std::atomic<bool> stopping_ = false;
  bool silent_ = false;
  std::thread thread_;
};

}  // namespace everbit::test

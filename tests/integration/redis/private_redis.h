#pragma once

#include <memory>
#include <string>

#include "integration/daemon/child.h"
#include "redis/client.h"

namespace everbit::test {

// A Redis of one test, which may do to it what it likes. Listens on a Unix socket in a folder of
// its own and keeps nothing on disk.
class PrivateRedis {
 public:
  // `settings`: further lines of its settings, as "requirepass word".
  explicit PrivateRedis(std::string settings = "");
  ~PrivateRedis();
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;

  // It answers when this returns.
  void start();
  // SIGKILL; everything is lost.
  void kill();
  // SIGSTOP and SIGCONT: connections stand, nothing is answered.
  void freeze() const;
  void thaw() const;

  // "unix://<login><path>"
  std::string url(const std::string& login = "") const { return "unix://" + login + socket_; }
  // A client of that address with the usual time limit.
  redis::ClientSettings client_settings() const;

 private:
  std::string folder_;
  std::string socket_;
  std::string settings_;
  std::unique_ptr<Child> child_;
};

}  // namespace everbit::test

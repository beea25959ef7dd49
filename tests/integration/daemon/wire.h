#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace everbit::test {

struct HttpAnswer {
  int status = 0;  // 0: no answer
  std::string body;
};

// GET on a loopback port with this Host header; waits a few seconds at most.
HttpAnswer http_get(int port, std::string_view path, std::string_view host = "localhost");

// POST of a JSON body, likewise.
HttpAnswer http_post(int port, std::string_view path, std::string_view json);

// The socket that systemd would listen on: NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path);
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next message; empty when none came in time.
  std::string next(std::chrono::milliseconds patience);

 private:
  int socket_ = -1;
};

}  // namespace everbit::test

#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace everbit::test {

struct HttpAnswer {
  int status = 0;  // 0: no answer
  std::string body;
  std::string head{};  // status line and headers, as they came

  // The values of a header, whose name is given as the server writes it.
  std::vector<std::string> all(std::string_view name) const;
  // The first of them; empty without one.
  std::string header(std::string_view name) const;
};

// GET on a loopback port with this Host header; waits half a minute at most.
HttpAnswer http_get(int port, std::string_view path, std::string_view host = "localhost");

// Any request without a body; `headers` are whole lines, each with its "\r\n".
HttpAnswer http_send(int port, std::string_view method, std::string_view path,
                     std::string_view headers);

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

#include "cli/admin_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <optional>

namespace everbit::cli {
namespace {

// More than any answer holds.
constexpr std::size_t kMostBytes = 4U << 20U;
constexpr unsigned kNoContent = 204;

class Socket {
 public:
  Socket() : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error unreachable(const std::filesystem::path& path, int number) {
  return Error("ADMIN_UNREACHABLE", path.string() + ": " + std::strerror(number));
}

bool wait_for(int descriptor, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
    pollfd entry{descriptor, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
    if (ready > 0) return true;
    if (ready == 0 && deadline.expired()) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool send_all(int descriptor, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (!wait_for(descriptor, POLLOUT, deadline)) return false;
    const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Until the other side ends; the request asks it to.
std::optional<std::string> receive_all(int descriptor, Deadline deadline) {
  std::string text;
  char buffer[16384];
  while (text.size() < kMostBytes) {
    if (!wait_for(descriptor, POLLIN, deadline)) return std::nullopt;
    const ssize_t got = ::recv(descriptor, buffer, sizeof buffer, 0);
    if (got == 0) return text;
    if (got < 0 && errno != EINTR && errno != EAGAIN) return std::nullopt;
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

// "HTTP/1.1 200 OK", the headers, the body; none when it is cut or no HTTP.
std::optional<Answer> parse(std::string_view text) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const std::size_t end = text.find("\r\n\r\n");
  if (!text.starts_with(kVersion) || end == std::string_view::npos) return std::nullopt;
  const std::string_view head = text.substr(0, end);
  Answer answer;
  answer.body = text.substr(end + 4);
  const auto number = [](std::string_view digits, auto& out) {
    return std::from_chars(digits.data(), digits.data() + digits.size(), out).ec == std::errc{};
  };
  if (!number(head.substr(kVersion.size()), answer.status)) return std::nullopt;
  if (answer.status == kNoContent) return answer;
  std::size_t length = 0;
  const std::size_t at = head.find(kLength);
  if (at == std::string_view::npos || !number(head.substr(at + kLength.size()), length) ||
      length != answer.body.size()) {
    return std::nullopt;
  }
  return answer;
}

}  // namespace

Result<Answer> ask_daemon(const std::filesystem::path& socket, std::string_view method,
                          std::string_view path, std::string_view body, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = socket.string();
  if (name.size() >= sizeof address.sun_path) return unreachable(socket, ENAMETOOLONG);
  std::copy(name.begin(), name.end(), address.sun_path);
  const Socket connection;
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return unreachable(socket, errno);
  }
  std::string request = std::string(method) + " /api/v2/" + std::string(path) +
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  if (!body.empty()) request += "Content-Type: application/json\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  std::optional<Answer> answer;
  if (send_all(connection.get(), request, deadline)) {
    if (const auto text = receive_all(connection.get(), deadline)) answer = parse(*text);
  }
  if (!answer) return Error("ADMIN_SILENT", name + ": no whole answer from the daemon");
  return std::move(*answer);
}

}  // namespace everbit::cli

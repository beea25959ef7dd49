#include "integration/daemon/wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace everbit::test {
namespace {

constexpr timeval kPatience{30, 0};

std::string exchange(int socket, const std::string& request) {
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  std::string answer;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
    if (got <= 0) return answer;
    answer.append(part.data(), static_cast<std::size_t>(got));
  }
}

HttpAnswer ask(int port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string text;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    text = exchange(socket, request);
  }
  ::close(socket);
  HttpAnswer answer;
  if (const auto end = text.find("\r\n\r\n"); end != std::string::npos) {
    answer.status = std::atoi(text.c_str() + std::strlen("HTTP/1.1 "));
    answer.body = text.substr(end + 4);
    answer.head = text.substr(0, end + 2);
  }
  return answer;
}

}  // namespace

HttpAnswer http_get(int port, std::string_view path, std::string_view host) {
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  return ask(port, request + "\r\nConnection: close\r\n\r\n");
}

HttpAnswer http_send(int port, std::string_view method, std::string_view path,
                     std::string_view headers) {
  std::string request(method);
  request.append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  return ask(port, request + "Connection: close\r\n\r\n");
}

std::vector<std::string> HttpAnswer::all(std::string_view name) const {
  const std::string start = "\r\n" + std::string(name) + ": ";
  std::vector<std::string> values;
  for (auto at = head.find(start); at != std::string::npos; at = head.find(start, at + 1)) {
    const auto value = at + start.size();
    values.push_back(head.substr(value, head.find("\r\n", value) - value));
  }
  return values;
}

std::string HttpAnswer::header(std::string_view name) const {
  const auto values = all(name);
  return values.empty() ? std::string() : values.front();
}

HttpAnswer http_post(int port, std::string_view path, std::string_view json) {
  std::string request = "POST ";
  request.append(path).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json");
  request.append("\r\nContent-Length: ").append(std::to_string(json.size()));
  return ask(port, request.append("\r\nConnection: close\r\n\r\n").append(json));
}

NotifySocket::NotifySocket(const std::filesystem::path& path)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), path.string());
  }
}

NotifySocket::~NotifySocket() { ::close(socket_); }

std::string NotifySocket::next(std::chrono::milliseconds patience) {
  pollfd entry{socket_, POLLIN, 0};
  if (::poll(&entry, 1, static_cast<int>(patience.count())) <= 0) return {};
  std::array<char, 4096> message{};
  const ssize_t got = ::recv(socket_, message.data(), message.size(), 0);
  return {message.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

}  // namespace everbit::test

#include "support/commit_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace everbit::test {
namespace {

constexpr int kTickMs = 20;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* any(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int connect_to(int port) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  if (connect(socket_fd, any(address), sizeof address) != 0) {
    throw std::runtime_error("the proxy cannot reach PostgreSQL");
  }
  return socket_fd;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

CommitProxy::CommitProxy(int server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, any(address), size) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

CommitProxy::~CommitProxy() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

void CommitProxy::serve() {
  while (!stopping_) {
    pollfd entry{listener_, POLLIN, 0};
    if (poll(&entry, 1, kTickMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = connect_to(server_port_);
    silent_ = false;
    relay(client, server);
    close(client);
    close(server);
  }
}

void CommitProxy::relay(int client, int server) {
  for (;;) {
    std::array<pollfd, 2> entries{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    const int ready = poll(entries.data(), entries.size(), kTickMs);
    if (stopping_) return;
    if (ready <= 0) continue;
    if (entries[0].revents != 0 && !forward_from_client(client, server)) return;
    if (entries[1].revents != 0 && !forward(server, silent_ ? -1 : client)) return;
  }
}

bool CommitProxy::forward(int from, int to) {
  std::array<char, 65536> buffer{};
  const auto size = recv(from, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  return to < 0 || send_all(to, {buffer.data(), static_cast<std::size_t>(size)});
}

bool CommitProxy::forward_from_client(int client, int server) {
  std::array<char, 65536> buffer{};
  const auto size = recv(client, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  const bool commit = bytes.find("COMMIT") != std::string_view::npos;
  const Fault fault = commit ? fault_.load() : Fault::kNone;
  if (fault == Fault::kCutBefore) return false;
  if (!send_all(server, bytes)) return false;
  if (fault == Fault::kSilence) silent_ = true;
  // The answer must have come, or the cut would race with the commit.
  if (fault == Fault::kCutAfter) return forward(server, -1) && false;
  return true;
}

}  // namespace everbit::test

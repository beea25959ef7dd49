#include "unit/net/hostile_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace everbit::net::testing {
namespace {

SSL* as_tls(void* tls) { return static_cast<SSL*>(tls); }

bool wait_readable(int socket, int limit_ms) {
  pollfd entry{socket, POLLIN, 0};
  return poll(&entry, 1, limit_ms) > 0;
}

std::size_t body_size(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : static_cast<std::size_t>(std::atoi(head.c_str() + at + 16));
}

}  // namespace

Peer::~Peer() {
  if (tls_ != nullptr) SSL_free(as_tls(tls_));
  if (!closed_) ::close(socket_);
}

std::string Peer::read_some(std::size_t size) {
  const bool has_pending = tls_ != nullptr && SSL_pending(as_tls(tls_)) > 0;
  if (!has_pending && !wait_for_data()) return {};
  std::string bytes(size, '\0');
  const ssize_t got = tls_ != nullptr ? SSL_read(as_tls(tls_), bytes.data(), static_cast<int>(size))
                                      : recv(socket_, bytes.data(), size, 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

bool Peer::wait_for_data(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < until) {
    const bool is_last_look = stopping_;
    if (wait_readable(socket_, 20)) return true;
    if (is_last_look) break;
  }
  return false;
}

std::string Peer::read_request() {
  std::string request;
  while (true) {
    const std::size_t head = request.find("\r\n\r\n");
    if (head != std::string::npos && request.size() >= head + 4 + body_size(request)) {
      return request;
    }
    const std::string more = read_some();
    if (more.empty()) return {};
    request += more;
  }
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = tls_ != nullptr
                             ? SSL_write(as_tls(tls_), bytes.data(), static_cast<int>(bytes.size()))
                             : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Peer::answer(int status, const std::string& body, const std::string& headers) {
  return write("HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void Peer::close() {
  if (!closed_) ::close(socket_);
  closed_ = true;
}

void Peer::reset() {
  const linger now{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

PeerEnd Peer::wait_for_end(std::chrono::milliseconds limit) {
  char bytes[4096];
  while (wait_for_data(limit)) {
    const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
    if (got == 0) return PeerEnd::kClosed;
    if (got < 0 && errno != EINTR) return PeerEnd::kReset;
  }
  return PeerEnd::kOpen;
}

HostileServer::HostileServer(Script script, const TestCertificates* certificates)
    : script_(std::move(script)) {
  std::signal(SIGPIPE, SIG_IGN);
  if (certificates != nullptr) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    tls_ = std::shared_ptr<void>(context, [](void* c) { SSL_CTX_free(static_cast<SSL_CTX*>(c)); });
    SSL_CTX_use_certificate_file(context, certificates->certificate_file().c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context, certificates->key_file().c_str(), SSL_FILETYPE_PEM);
  }
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

HostileServer::~HostileServer() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

Origin HostileServer::origin(const std::string& host) const {
  return {tls_ != nullptr, host, port_};
}

void HostileServer::accept() {
  while (!stopping_) {
    if (!wait_readable(listener_, 20)) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const int number = connections_++;
    threads_.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

void HostileServer::serve(int socket, int number) {
  SSL* tls = nullptr;
  if (tls_ != nullptr) {
    tls = SSL_new(static_cast<SSL_CTX*>(tls_.get()));
    SSL_set_fd(tls, socket);
    if (SSL_accept(tls) != 1) {
      SSL_free(tls);
      ::close(socket);
      return;
    }
  }
  Peer peer(socket, tls, stopping_);
  script_(peer, number);
}

}  // namespace everbit::net::testing

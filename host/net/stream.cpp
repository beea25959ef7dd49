#include "net/stream.h"

#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/name_lookup.h"
#include "net/counting_socket.h"
#include "net/endpoint_guard.h"

namespace everbit::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

namespace {

constexpr auto kAwaitable = asio::as_tuple(asio::use_awaitable);
constexpr unsigned kUserTimeoutMs = 8000;

StreamStatus failed(CallFailure failure, const error_code& error) {
  StreamStatus status;
  status.failure = failure;
  status.detail = std::string(to_string(failure)) + ": " + error.message();
  return status;
}

// What SSL_set_tlsext_host_name does, without its old-style cast.
void set_server_name(SSL* tls, std::string host) {
  SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
}

// A resolution that may be walked away from. Its answer comes to `strand`.
struct Resolving {
  explicit Resolving(asio::any_io_executor strand_in)
      : strand(std::move(strand_in)), done(strand, asio::steady_timer::time_point::max()) {}

  const asio::any_io_executor strand;
  asio::steady_timer done;
  std::optional<Result<NameLookup::Addresses>> answer;
  NameLookup lookup;
};

void begin_resolving(const std::shared_ptr<Resolving>& resolving, const Origin& origin) {
  using Answer = Result<NameLookup::Addresses>;
  resolving->lookup = NameLookup::begin(
      origin.host, origin.port,
      [weak = std::weak_ptr<Resolving>(resolving), strand = resolving->strand](Answer answer) {
        asio::post(strand, [weak, answer = std::move(answer)]() mutable {
          const auto alive = weak.lock();
          if (!alive) return;
          alive->answer.emplace(std::move(answer));
          alive->done.cancel();
        });
      });
}

asio::ip::tcp::endpoint to_endpoint(const SocketAddress& address) {
  asio::ip::tcp::endpoint endpoint;
  if (address.size > endpoint.capacity()) return endpoint;
  std::memcpy(endpoint.data(), address.get(), address.size);
  endpoint.resize(address.size);
  return endpoint;
}

}  // namespace

class Stream::Impl {
 public:
  Impl(asio::any_io_executor io, std::shared_ptr<ssl::context> tls)
      : tls_context_(std::move(tls)), socket_(io) {}

  asio::awaitable<StreamStatus> resolve(const Origin& origin, Endpoints& endpoints);
  asio::awaitable<StreamStatus> connect_tcp(const Endpoints& endpoints);
  asio::awaitable<StreamStatus> handshake(const Origin& origin);
  void set_options();
  bool peek_finds(bool data_is_fine);
  void close(bool with_reset);

  std::shared_ptr<ssl::context> tls_context_;
  std::shared_ptr<const EndpointGuard> guard_;
  CountingSocket socket_;
  std::optional<ssl::stream<CountingSocket&>> tls_;
  std::shared_ptr<Resolving> resolving_;
  bool aborted_ = false;
};

asio::awaitable<StreamStatus> Stream::Impl::resolve(const Origin& origin, Endpoints& endpoints) {
  StreamStatus status;
  const auto resolving = std::make_shared<Resolving>(co_await asio::this_coro::executor);
  resolving_ = resolving;
  begin_resolving(resolving, origin);
  co_await resolving->done.async_wait(kAwaitable);
  resolving_.reset();
  const auto& answer = resolving->answer;
  if (aborted_ || !answer) {
    status = failed(CallFailure::kDns, asio::error::operation_aborted);
  } else if (!*answer) {
    status.failure = CallFailure::kDns;
    status.detail = to_string(answer->error());
  } else if (guard_ && std::any_of((*answer)->begin(), (*answer)->end(), [&](const auto& address) {
               return !guard_->may_connect(origin, address);
             })) {
    status.failure = CallFailure::kInvalidRequest;
    status.detail = "the guard lets nothing connect to an address of this name";
  } else {
    for (const SocketAddress& address : **answer) endpoints.push_back(to_endpoint(address));
  }
  co_return status;
}

asio::awaitable<StreamStatus> Stream::Impl::connect_tcp(const Endpoints& endpoints) {
  StreamStatus status;
  const auto [error, endpoint] = co_await asio::async_connect(socket_.tcp(), endpoints, kAwaitable);
  if (error || aborted_) {
    const error_code reason = error ? error : error_code(asio::error::operation_aborted);
    status = failed(CallFailure::kConnect, reason);
  } else {
    set_options();
  }
  co_return status;
}

void Stream::Impl::set_options() {
  error_code ignored;
  socket_.tcp().set_option(asio::ip::tcp::no_delay(true), ignored);
  setsockopt(socket_.tcp().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs,
             sizeof kUserTimeoutMs);
}

asio::awaitable<StreamStatus> Stream::Impl::handshake(const Origin& origin) {
  StreamStatus status;
  tls_.emplace(socket_, *tls_context_);
  error_code not_numeric;
  asio::ip::make_address(origin.host, not_numeric);
  if (not_numeric) set_server_name(tls_->native_handle(), origin.host);
  tls_->set_verify_mode(ssl::verify_peer);
  tls_->set_verify_callback(ssl::host_name_verification(origin.host));
  const auto [error] = co_await tls_->async_handshake(ssl::stream_base::client, kAwaitable);
  if (error || aborted_) {
    const error_code reason = error ? error : error_code(asio::error::operation_aborted);
    status = failed(CallFailure::kTls, reason);
  }
  co_return status;
}

// Looks at the socket without taking anything.
bool Stream::Impl::peek_finds(bool data_is_fine) {
  if (!socket_.tcp().is_open()) return false;
  char byte = 0;
  const ssize_t got = recv(socket_.tcp().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return data_is_fine;
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Stream::Impl::close(bool with_reset) {
  aborted_ = true;
  if (resolving_) resolving_->done.cancel();
  if (!socket_.tcp().is_open()) return;
  error_code ignored;
  if (with_reset) socket_.tcp().set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.tcp().close(ignored);
}

Stream::Stream(asio::any_io_executor io, Origin origin, std::shared_ptr<ssl::context> tls,
               std::shared_ptr<const EndpointGuard> guard)
    : origin_(std::move(origin)), impl_(std::make_shared<Impl>(std::move(io), std::move(tls))) {
  impl_->guard_ = std::move(guard);
}

Stream::~Stream() { impl_->close(false); }

asio::awaitable<StreamStatus> Stream::connect() {
  const auto impl = impl_;
  Endpoints endpoints;
  StreamStatus status = co_await impl->resolve(origin_, endpoints);
  if (status.ok()) status = co_await impl->connect_tcp(endpoints);
  if (status.ok() && origin_.tls) status = co_await impl->handshake(origin_);
  if (!status.ok()) impl->close(true);
  co_return status;
}

asio::awaitable<StreamStatus> Stream::read_some(std::span<char> into) {
  const auto impl = impl_;
  const asio::mutable_buffer buffer(into.data(), into.size());
  StreamStatus status;
  std::tuple<error_code, std::size_t> result;
  if (impl->tls_) {
    result = co_await impl->tls_->async_read_some(buffer, kAwaitable);
  } else {
    result = co_await impl->socket_.async_read_some(buffer, kAwaitable);
  }
  const auto [error, bytes] = result;
  if (error == asio::error::eof) {
    status.end_of_data = true;
  } else if (error) {
    status = failed(CallFailure::kClosed, error);
  }
  status.bytes = bytes;
  co_return status;
}

asio::awaitable<StreamStatus> Stream::write(std::string_view bytes) {
  const auto impl = impl_;
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  StreamStatus status;
  std::tuple<error_code, std::size_t> result;
  if (impl->tls_) {
    result = co_await asio::async_write(*impl->tls_, buffer, kAwaitable);
  } else {
    result = co_await asio::async_write(impl->socket_, buffer, kAwaitable);
  }
  const error_code error = std::get<0>(result);
  if (error) status = failed(CallFailure::kClosed, error);
  co_return status;
}

std::uint64_t Stream::bytes_written() const { return impl_->socket_.bytes_written(); }

bool Stream::is_open() const { return impl_->socket_.tcp().is_open(); }

bool Stream::is_alive() { return impl_->peek_finds(true); }

bool Stream::is_quiet() { return impl_->peek_finds(false); }

void Stream::reset() { impl_->close(true); }

void Stream::close() { impl_->close(false); }

}  // namespace everbit::net

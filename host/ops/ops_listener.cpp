#include "ops/ops_listener.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "ops/ops_response.h"

namespace everbit::ops {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

struct Limits {
  std::size_t header_bytes;
  std::size_t connections;
  std::chrono::milliseconds patience;
};

// One connection; keeps itself alive while an operation is under way. Runs on the listener's
// thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const OpsRouter& router, const Limits& limits, std::size_t& open)
      : stream_(std::move(socket)), router_(router), limits_(limits), open_(open) {
    ++open_;
  }
  ~Connection() { --open_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(0);
    // For the whole request: a client that sends byte by byte gains no time.
    stream_.expires_after(limits_.patience);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failure, std::size_t) { self->on_read(failure); });
  }

 private:
  void on_read(error_code failure) {
    if (failure == http::error::end_of_stream || failure == beast::error::timeout) return close();
    if (failure == http::error::header_limit) return write(error_response(431), false, false);
    if (failure == http::error::body_limit || failure == http::error::unexpected_body) {
      return write(error_response(413), false, false);
    }
    if (failure.category() == http::make_error_code(http::error::bad_value).category()) {
      return write(error_response(400), false, false);
    }
    if (failure) return close();
    answer(parser_->get());
  }

  void answer(const http::request<http::empty_body>& request) {
    const bool head = request.method() == http::verb::head;
    try {
      const auto& host = request[http::field::host];
      write(router_.answer({request.method_string().data(), request.method_string().size()},
                           {request.target().data(), request.target().size()},
                           {host.data(), host.size()}, request.count(http::field::host)),
            request.keep_alive(), head);
    } catch (const std::exception& thrown) {
      log_error("ops_answer_failed", {{"reason", thrown.what()}});
      write(error_response(500), false, head);
    }
  }

  void write(OpsResponse answer, bool keep_alive, bool head) {
    response_ = {};
    response_.version(11);
    response_.result(answer.status);
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    response_.set("X-Request-Id", secure_random_hex(16));
    if (!answer.allow.empty()) response_.set(http::field::allow, answer.allow);
    response_.keep_alive(keep_alive);
    response_.content_length(answer.body.size());
    if (!head) response_.body() = std::move(answer.body);
    stream_.expires_after(limits_.patience);
    http::async_write(stream_, response_,
                      [self = shared_from_this(), keep_alive](error_code failure, std::size_t) {
                        if (failure || !keep_alive) return self->close();
                        self->read();
                      });
  }

  // Ends our side and reads on for a moment: closing over unread bytes would reset the connection,
  // and the client would lose the answer.
  void close() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(limits_.patience);
    drain();
  }

  void drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kDrainStep),
                            [self = shared_from_this()](error_code failure, std::size_t bytes) {
                              self->drained_ += bytes;
                              if (!failure && self->drained_ < kMostDrained) self->drain();
                            });
  }

  static constexpr std::size_t kDrainStep = 4096;
  static constexpr std::size_t kMostDrained = 64 * 1024;

  beast::tcp_stream stream_;
  const OpsRouter& router_;
  const Limits& limits_;
  std::size_t& open_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
  std::size_t drained_ = 0;
};

}  // namespace

struct OpsListener::Impl {
  Impl(OpsListenerOptions options, const Health& health, MetricsText metrics)
      : limits{options.header_bytes, options.connections, options.patience},
        router(health, std::move(metrics), std::move(options.hosts)),
        acceptor(io),
        pause(io) {}

  void bind(const config::ListenAddress& address) {
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(static_cast<int>(limits.connections));
    port = acceptor.local_endpoint().port();
  }

  void accept() {
    acceptor.async_accept([this](error_code failure, tcp::socket socket) {
      if (failure == asio::error::operation_aborted) return;
      if (failure) return accept_later(failure);
      // A socket over the limit is closed by its destructor.
      if (open < limits.connections) {
        std::make_shared<Connection>(std::move(socket), router, limits, open)->read();
      }
      accept();
    });
  }

  // Out of descriptors, most likely: trying again at once would spin.
  void accept_later(error_code failure) {
    log_warn("ops_accept_failed", {{"reason", failure.message()}});
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([this](error_code stopped) {
      if (!stopped) accept();
    });
  }

  void run() {
    for (;;) {
      try {
        io.run();
        return;
      } catch (const std::exception& thrown) {
        log_error("ops_listener_failed", {{"reason", thrown.what()}});
      }
    }
  }

  const Limits limits;
  OpsRouter router;
  std::size_t open = 0;
  std::uint16_t port = 0;
  // Destroyed before what its connections refer to.
  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::thread thread;
};

Result<std::unique_ptr<OpsListener>> OpsListener::start(OpsListenerOptions options,
                                                        const Health& health, MetricsText metrics) {
  if (!config::is_loopback_or_private(options.listen.host)) {
    return Error("LISTEN_PUBLIC", "the address is neither loopback nor private", "ops.listen");
  }
  const config::ListenAddress address = options.listen;
  auto impl = std::make_unique<Impl>(std::move(options), health, std::move(metrics));
  try {
    impl->bind(address);
  } catch (const boost::system::system_error& failure) {
    return Error("LISTEN_FAILED", address.to_string() + ": " + failure.code().message(),
                 "ops.listen");
  }
  impl->accept();
  impl->thread = std::thread([raw = impl.get()] { raw->run(); });
  return std::unique_ptr<OpsListener>(new OpsListener(std::move(impl)));
}

OpsListener::OpsListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OpsListener::~OpsListener() {
  impl_->io.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

std::uint16_t OpsListener::port() const { return impl_->port; }

void OpsListener::set_hosts(std::vector<std::string> hosts) {
  impl_->router.set_hosts(std::move(hosts));
}

}  // namespace everbit::ops

#include "http/http_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "http/error_body.h"

namespace everbit::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Local = asio::local::stream_protocol;
// Both kinds of socket in one type, so that all of Beast is compiled once.
using AnyStream = asio::generic::stream_protocol;
using Stream = beast::basic_stream<AnyStream>;

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

// What all connections of a server share.
struct Shared {
  ServerLimits limits;
  HttpServer::Handler handler;
  std::optional<gid_t> group;                // of a Unix socket
  std::optional<asio::thread_pool> workers;  // none: the handler is called on the server's thread
  std::atomic<std::size_t> open{0};
};

// One connection; keeps itself alive while an operation is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(AnyStream::socket socket, Shared& shared)
      : stream_(std::move(socket)), shared_(shared) {
    ++shared_.open;
    if (shared_.group) peer_ = peer_of(stream_.socket().native_handle());
  }
  ~Connection() { --shared_.open; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_.limits.header_bytes));
    parser_->body_limit(shared_.limits.body_bytes);
    stream_.expires_after(shared_.limits.header_patience);
    wire::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failure, std::size_t) { self->on_header(failure); });
  }

 private:
  void on_header(error_code failure) {
    if (failure) return refuse(failure);
    if (shared_.group && !(peer_ && peer_->may_pass(*shared_.group))) {
      log_warn("admin_peer_refused",
               {{"uid", peer_ ? static_cast<std::int64_t>(peer_->uid) : std::int64_t{-1}}});
      return write(error_response(403), false, false);
    }
    stream_.expires_after(shared_.limits.body_patience);
    wire::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code late, std::size_t) { self->on_request(late); });
  }

  void on_request(error_code failure) {
    if (failure) return refuse(failure);
    stream_.expires_never();
    if (!shared_.workers) return answer();
    asio::post(*shared_.workers, [self = shared_from_this()]() mutable {
      auto* const raw = self.get();
      auto response = raw->call_handler();
      asio::post(raw->stream_.get_executor(),
                 [moved = std::move(self), answered = std::move(response)]() mutable {
                   moved->finish(std::move(answered));
                 });
    });
  }

  void refuse(error_code failure) {
    if (failure == wire::error::end_of_stream || failure == beast::error::timeout) return close();
    if (failure == wire::error::header_limit) return write(error_response(431), false, false);
    if (failure == wire::error::body_limit) return write(error_response(413), false, false);
    if (failure.category() == wire::make_error_code(wire::error::bad_value).category()) {
      return write(error_response(400), false, false);
    }
    close();
  }

  void answer() { finish(call_handler()); }

  // On a worker's thread if there are workers.
  Response call_handler() {
    id_ = secure_random_hex(16);
    try {
      return shared_.handler(request());
    } catch (const std::exception& thrown) {
      log_error("http_answer_failed", {{"requestId", id_}, {"reason", thrown.what()}});
      return error_response(500);
    }
  }

  Request request() {
    auto& read = parser_->get();
    return {text_of(read.method_string()),
            text_of(read.target()),
            text_of(read[wire::field::host]),
            read.count(wire::field::host),
            text_of(read[wire::field::content_type]),
            std::move(read.body()),
            id_,
            peer_,
            idempotency_key()};
  }

  std::optional<std::string> idempotency_key() {
    std::optional<std::string> all;
    const auto [first, end] = parser_->get().equal_range("Idempotency-Key");
    for (auto field = first; field != end; ++field) {
      all = (all ? *all + ", " : "") + text_of(field->value());
    }
    return all;
  }

  void finish(Response answered) {
    const auto& read = parser_->get();
    write(std::move(answered), read.keep_alive(), read.method() == wire::verb::head);
  }

  void write(Response answered, bool keep_alive, bool head) {
    if (id_.empty()) id_ = secure_random_hex(16);
    response_ = {};
    response_.version(11);
    response_.result(answered.status);
    const bool empty = answered.status == kNoContent;
    if (!empty) response_.set(wire::field::content_type, answered.content_type);
    response_.set(wire::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    response_.set("X-Request-Id", std::exchange(id_, {}));
    if (!answered.allow.empty()) response_.set(wire::field::allow, answered.allow);
    if (answered.retry_after) {
      response_.set(wire::field::retry_after, std::to_string(answered.retry_after->count()));
    }
    if (answered.replayed) response_.set("Idempotent-Replay", "true");
    response_.keep_alive(keep_alive);
    if (!empty) response_.content_length(answered.body.size());
    if (!head) response_.body() = std::move(answered.body);
    stream_.expires_after(shared_.limits.body_patience);
    wire::async_write(stream_, response_,
                      [self = shared_from_this(), keep_alive](error_code failure, std::size_t) {
                        if (failure || !keep_alive) return self->close();
                        self->read();
                      });
  }

  // Ends our side and reads on for a moment: closing over unread bytes would reset the connection,
  // and the client would lose the answer.
  void close() {
    error_code ignored;
    stream_.socket().shutdown(AnyStream::socket::shutdown_send, ignored);
    stream_.expires_after(shared_.limits.header_patience);
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
  static constexpr unsigned kNoContent = 204;
  static constexpr std::size_t kMostDrained = 512 * 1024;

  Stream stream_;
  Shared& shared_;
  std::optional<UnixPeer> peer_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  wire::response<wire::string_body> response_;
  std::string id_;
  std::size_t drained_ = 0;
};

// Whether somebody listens there now.
bool is_served(asio::io_context& io, const std::filesystem::path& path) {
  Local::socket probe(io);
  error_code failure;
  probe.connect(Local::endpoint(path.string()), failure);
  return !failure;
}

}  // namespace

struct HttpServer::Impl {
  Impl(ServerLimits limits, Handler handler, std::optional<gid_t> group) : acceptor(io), pause(io) {
    shared.limits = limits;
    shared.handler = std::move(handler);
    shared.group = group;
    if (limits.workers > 0) shared.workers.emplace(limits.workers);
  }

  ~Impl() {
    io.stop();
    if (thread.joinable()) thread.join();
    if (shared.workers) {
      shared.workers->stop();
      shared.workers->join();
    }
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove(path, ignored);
  }

  int backlog() const {
    return static_cast<int>(std::min<std::size_t>(shared.limits.connections, 128));
  }

  void bind(const config::ListenAddress& address) {
    tcp::acceptor listening(io);
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    listening.open(endpoint.protocol());
    listening.set_option(tcp::acceptor::reuse_address(true));
    listening.bind(endpoint);
    listening.listen(backlog());
    port = listening.local_endpoint().port();
    acceptor.assign(AnyStream(endpoint.protocol()), listening.release());
  }

  void bind(const std::filesystem::path& file) {
    Local::acceptor listening(io);
    listening.open();
    // The file is made with this mode, less the umask; never with more, not even for a moment.
    if (fchmod(listening.native_handle(), kSocketMode) != 0) throw_errno();
    if (std::filesystem::is_socket(file) && !is_served(io, file)) std::filesystem::remove(file);
    listening.bind(Local::endpoint(file.string()));
    path = file;
    if (chmod(file.c_str(), kSocketMode) != 0) throw_errno();
    if (chown(file.c_str(), static_cast<uid_t>(-1), *shared.group) != 0) throw_errno();
    listening.listen(backlog());
    acceptor.assign(AnyStream(Local()), listening.release());
  }

  [[noreturn]] static void throw_errno() {
    throw boost::system::system_error(error_code(errno, boost::system::system_category()));
  }

  void start() {
    accept();
    thread = std::thread([this] { run(); });
  }

  void accept() {
    acceptor.async_accept([this](error_code failure, AnyStream::socket socket) {
      if (failure == asio::error::operation_aborted) return;
      if (failure) return accept_later(failure);
      // A socket over the limit is closed by its destructor.
      if (shared.open < shared.limits.connections) {
        std::make_shared<Connection>(std::move(socket), shared)->read();
      }
      accept();
    });
  }

  // Out of descriptors, most likely: trying again at once would spin.
  void accept_later(error_code failure) {
    log_warn("http_accept_failed", {{"reason", failure.message()}});
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
        log_error("http_server_failed", {{"reason", thrown.what()}});
      }
    }
  }

  static constexpr mode_t kSocketMode = 0660;

  Shared shared;
  std::uint16_t port = 0;
  std::filesystem::path path;  // of a socket file of ours
  // Destroyed before what its connections refer to.
  asio::io_context io{1};
  asio::basic_socket_acceptor<AnyStream> acceptor;
  asio::steady_timer pause;
  std::thread thread;
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const config::ListenAddress& address,
                                                       ServerLimits limits, Handler handler) {
  auto impl = std::make_unique<Impl>(limits, std::move(handler), std::nullopt);
  try {
    impl->bind(address);
  } catch (const boost::system::system_error& failure) {
    return Error("LISTEN_FAILED", address.to_string() + ": " + failure.code().message());
  }
  impl->start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const std::filesystem::path& path,
                                                       gid_t group, ServerLimits limits,
                                                       Handler handler) {
  auto impl = std::make_unique<Impl>(limits, std::move(handler), group);
  try {
    impl->bind(path);
  } catch (const std::exception& failure) {
    return Error("LISTEN_FAILED", path.string() + ": " + failure.what());
  }
  impl->start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port; }

}  // namespace everbit::http

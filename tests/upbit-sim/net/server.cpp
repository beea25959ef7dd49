#include "upbit-sim/net/server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <deque>
#include <sstream>
#include <stdexcept>

namespace everbit::upbit_sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using beast::error_code;

struct Server::Core {
  Core(asio::io_context& context, Handlers callbacks)
      : io(context), handlers(std::move(callbacks)) {}

  asio::io_context& io;
  Handlers handlers;
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors;
  Millis websocket_idle = 120'000;
};

namespace {

constexpr std::size_t kMaxBody = 1024 * 1024;
constexpr std::size_t kMaxUnsent = 64 * 1024 * 1024;
constexpr auto kHttpIdle = std::chrono::seconds(75);

HttpRequest to_request(const http::request<http::string_body>& raw, const std::string& peer) {
  HttpRequest request;
  request.method = std::string(raw.method_string());
  const std::string target(raw.target());
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.body = raw.body();
  request.peer = peer;
  for (const auto& field : raw) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return request;
}

http::response<http::string_body> to_wire(HttpResponse response, bool keep_alive) {
  http::response<http::string_body> wire;
  wire.version(11);
  wire.result(static_cast<unsigned>(response.status));
  wire.set(http::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) wire.set(name, value);
  wire.body() = std::move(response.body);
  wire.keep_alive(keep_alive);
  wire.prepare_payload();
  return wire;
}

std::string to_text(const http::response<http::string_body>& wire) {
  std::ostringstream text;
  text << wire;
  return text.str();
}

// RST instead of an orderly end: what a cut line looks like.
template <typename Stream>
void reset_stream(Stream& stream) {
  auto& socket = beast::get_lowest_layer(stream).socket();
  error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

template <typename Stream>
class WebSocketSession : public WebSocket,
                         public std::enable_shared_from_this<WebSocketSession<Stream>> {
 public:
  WebSocketSession(Stream stream, Millis idle)
      : socket_(std::move(stream)),
        idle_timer_(socket_.get_executor()),
        silence_(socket_.get_executor()),
        idle_(idle) {
    silence_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  asio::awaitable<void> run(http::request<http::string_body> handshake,
                            std::function<void(std::shared_ptr<WebSocket>)> accepted) {
    auto self = this->shared_from_this();
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10),
                                                       websocket::stream_base::none(), false});
    websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    socket_.set_option(deflate);
    socket_.read_message_max(kMaxBody);
    socket_.control_callback([this](websocket::frame_type, beast::string_view) { touch(); });
    error_code error;
    co_await socket_.async_accept(handshake, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    open_ = true;
    accepted(self);
    touch();
    watch_idle();
    beast::flat_buffer buffer;
    while (open_) {
      co_await socket_.async_read(buffer, asio::redirect_error(asio::use_awaitable, error));
      if (error) break;
      touch();
      if (on_message) on_message(beast::buffers_to_string(buffer.data()));
      buffer.consume(buffer.size());
    }
    if (open_ && muted_)
      co_await silence_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    finish();
  }

  void send(std::string payload, bool binary) override {
    enqueue({std::move(payload), binary ? Kind::kBinary : Kind::kText});
  }
  void send_raw(std::string bytes) override { enqueue({std::move(bytes), Kind::kRaw}); }
  void close(unsigned short code) override { enqueue({std::to_string(code), Kind::kClose}); }

  void reset() override {
    if (!open_) return;
    reset_stream(socket_);
    finish();
  }

  void mute() override {
    if (!open_ || std::exchange(muted_, true)) return;
    idle_timer_.cancel();
    beast::get_lowest_layer(socket_).cancel();
  }

 private:
  enum class Kind { kText, kBinary, kRaw, kClose };
  struct Frame {
    std::string bytes;
    Kind kind;
  };

  void touch() { last_activity_ = std::chrono::steady_clock::now(); }

  void watch_idle() {
    idle_timer_.expires_at(last_activity_ + std::chrono::milliseconds(idle_));
    idle_timer_.async_wait([self = this->shared_from_this()](error_code error) {
      if (error || !self->open_) return;
      const auto quiet = std::chrono::steady_clock::now() - self->last_activity_;
      if (quiet >= std::chrono::milliseconds(self->idle_)) {
        self->reset();
      } else {
        self->watch_idle();
      }
    });
  }

  void enqueue(Frame frame) {
    if (!open_ || muted_) return;
    unsent_ += frame.bytes.size();
    if (unsent_ > kMaxUnsent) return reset();
    frames_.push_back(std::move(frame));
    if (frames_.size() == 1) write_next();
  }

  void write_next() {
    auto self = this->shared_from_this();
    const Frame& frame = frames_.front();
    const auto written = [self](error_code error, std::size_t) { self->on_written(error); };
    if (frame.kind == Kind::kRaw) {
      asio::async_write(socket_.next_layer(), asio::buffer(frame.bytes), written);
    } else if (frame.kind == Kind::kClose) {
      socket_.async_close(static_cast<websocket::close_code>(std::stoi(frame.bytes)),
                          [self](error_code) { self->finish(); });
    } else {
      socket_.binary(frame.kind == Kind::kBinary);
      socket_.async_write(asio::buffer(frame.bytes), written);
    }
  }

  void on_written(error_code error) {
    touch();
    if (muted_) return;
    if (error || !open_) {
      finish();
      frames_.clear();
      return;
    }
    unsent_ -= frames_.front().bytes.size();
    frames_.pop_front();
    if (!frames_.empty()) write_next();
  }

  void finish() {
    if (!std::exchange(open_, false)) return;
    idle_timer_.cancel();
    silence_.cancel();
    auto closed = std::exchange(on_closed, nullptr);
    if (closed) closed();
  }

  websocket::stream<Stream> socket_;
  asio::steady_timer idle_timer_;
  asio::steady_timer silence_;  // a muted session rests here until it is reset
  Millis idle_;
  std::chrono::steady_clock::time_point last_activity_;
  std::deque<Frame> frames_;
  std::size_t unsent_ = 0;
  bool open_ = false;
  bool muted_ = false;
};

// An answer that a handler gives later; the connection waits for it.
struct PendingAnswer {
  explicit PendingAnswer(const asio::any_io_executor& executor) : ready(executor) {
    ready.expires_at(std::chrono::steady_clock::time_point::max());
  }
  asio::steady_timer ready;
  bool answered = false;
  std::optional<HttpResponse> response;
};

asio::awaitable<std::optional<HttpResponse>> ask(Server::Handlers& handlers, HttpRequest request) {
  const auto executor = co_await asio::this_coro::executor;
  auto pending = std::make_shared<PendingAnswer>(executor);
  handlers.on_request(std::move(request), [pending](std::optional<HttpResponse> response) {
    if (std::exchange(pending->answered, true)) return;
    pending->response = std::move(response);
    pending->ready.cancel();
  });
  while (!pending->answered) {
    error_code canceled;
    co_await pending->ready.async_wait(asio::redirect_error(asio::use_awaitable, canceled));
  }
  co_return std::move(pending->response);
}

// Head and half of the body, a pause, and then the rest or a reset.
template <typename Stream>
asio::awaitable<void> write_in_two(Stream& stream, const http::response<http::string_body>& wire,
                                   std::int64_t pause_ms, bool cut, error_code& error) {
  const std::string text = to_text(wire);
  const std::size_t first = text.size() - (wire.body().size() + 1) / 2;
  co_await asio::async_write(stream, asio::buffer(text.data(), first),
                             asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  asio::steady_timer pause(co_await asio::this_coro::executor);
  pause.expires_after(std::chrono::milliseconds(pause_ms));
  co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (cut) {
    error = asio::error::connection_reset;
    reset_stream(stream);
    co_return;
  }
  co_await asio::async_write(stream, asio::buffer(text) + first,
                             asio::redirect_error(asio::use_awaitable, error));
}

template <typename Stream, typename CorePtr>
asio::awaitable<void> serve_http(Stream stream, std::string peer, CorePtr core) {
  beast::flat_buffer buffer;
  error_code error;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMaxBody);
    beast::get_lowest_layer(stream).expires_after(kHttpIdle);
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    beast::get_lowest_layer(stream).expires_never();
    const HttpRequest request = to_request(parser.get(), peer);
    const bool keep_alive = parser.get().keep_alive();
    std::optional<HttpResponse> response;
    if (websocket::is_upgrade(parser.get()) && core->handlers.on_upgrade) {
      response = core->handlers.on_upgrade(request);
      if (!response) {
        auto session =
            std::make_shared<WebSocketSession<Stream>>(std::move(stream), core->websocket_idle);
        // Named, because gcc 12 destroys temporaries of a co_await expression twice.
        auto handshake = parser.release();
        std::function<void(std::shared_ptr<WebSocket>)> accepted =
            [core, request](std::shared_ptr<WebSocket> socket) {
              core->handlers.on_websocket(std::move(socket), request);
            };
        co_await session->run(std::move(handshake), std::move(accepted));
        co_return;
      }
    } else {
      response = co_await ask(core->handlers, request);
    }
    if (!response) {
      reset_stream(stream);
      co_return;
    }
    const std::int64_t pause_ms = response->pause_within_ms;
    const bool cut = response->cut_within;
    auto wire = to_wire(std::move(*response), keep_alive);
    if (pause_ms > 0 || cut) {
      co_await write_in_two(stream, wire, pause_ms, cut, error);
      if (cut) co_return;
    } else {
      co_await http::async_write(stream, wire, asio::redirect_error(asio::use_awaitable, error));
    }
    if (error || !keep_alive) break;
  }
  beast::get_lowest_layer(stream).socket().shutdown(tcp::socket::shutdown_send, error);
}

template <typename CorePtr>
asio::awaitable<void> serve_connection(tcp::socket socket, CorePtr core) {
  error_code error;
  socket.set_option(tcp::no_delay(true), error);
  const auto endpoint = socket.remote_endpoint(error);
  if (error) co_return;
  std::string peer = endpoint.address().to_string();
  if (!core->tls) {
    PlainStream stream(std::move(socket));
    co_await serve_http(std::move(stream), std::move(peer), core);
    co_return;
  }
  TlsStream stream(beast::tcp_stream(std::move(socket)), *core->tls);
  beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(10));
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  co_await serve_http(std::move(stream), std::move(peer), core);
}

template <typename CorePtr>
asio::awaitable<void> accept_loop(std::shared_ptr<tcp::acceptor> acceptor, CorePtr core) {
  for (;;) {
    error_code error;
    tcp::socket socket =
        co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error) asio::co_spawn(core->io, serve_connection(std::move(socket), core), asio::detached);
  }
}

std::unique_ptr<asio::ssl::context> make_tls(const TlsFiles& files) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) {
    throw std::runtime_error("cannot use certificate " + files.certificate + ": " +
                             error.message());
  }
  context->use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error) throw std::runtime_error("cannot use key " + files.key + ": " + error.message());
  return context;
}

}  // namespace

Server::Server(asio::io_context& io, Handlers handlers, const std::optional<TlsFiles>& tls)
    : core_(std::make_shared<Core>(io, std::move(handlers))) {
  if (tls) core_->tls = make_tls(*tls);
}

Server::~Server() {
  for (const auto& acceptor : core_->acceptors) {
    error_code ignored;
    acceptor->close(ignored);
  }
}

void Server::set_websocket_idle_timeout(Millis timeout) { core_->websocket_idle = timeout; }

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(address), port);
    auto acceptor = std::make_shared<tcp::acceptor>(core_->io, endpoint);
    core_->acceptors.push_back(acceptor);
    asio::co_spawn(core_->io, accept_loop(acceptor, core_), asio::detached);
    return acceptor->local_endpoint().port();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot listen on " + address + ':' + std::to_string(port) + ": " +
                             problem.code().message());
  }
}

}  // namespace everbit::upbit_sim

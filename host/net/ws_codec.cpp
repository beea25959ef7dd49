#include "net/ws_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <websocketpp/client.hpp>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/core_client.hpp>
#include <websocketpp/logger/stub.hpp>

#include "net/http_wire.h"

namespace everbit::net {
namespace {

// websocketpp without sockets, threads, logs and timers of its own. A breach of the protocol drops
// the connection at once instead of waiting for the peer to agree.
struct CodecConfig : websocketpp::config::core_client {
  using type = CodecConfig;
  using concurrency_type = websocketpp::concurrency::none;
  using elog_type = websocketpp::log::stub;
  using alog_type = websocketpp::log::stub;
  using rng_type = websocketpp::random::random_device::int_generator<uint32_t, concurrency_type>;

  struct transport_config : websocketpp::config::core_client::transport_config {
    using concurrency_type = type::concurrency_type;
    using elog_type = type::elog_type;
    using alog_type = type::alog_type;
    using request_type = type::request_type;
    using response_type = type::response_type;
    static bool const enable_multithreading = false;
  };
  using transport_type = websocketpp::transport::iostream::endpoint<transport_config>;

  static bool const enable_multithreading = false;
  static const bool drop_on_protocol_error = true;
  static const bool enable_extensions = false;
  static const size_t max_http_body_size = 64 * 1024;
};

using Client = websocketpp::client<CodecConfig>;
namespace session_state = websocketpp::session::state;

constexpr std::array<std::string_view, 9> kOwnHeaders = {"host",
                                                         "connection",
                                                         "upgrade",
                                                         "origin",
                                                         "sec-websocket-key",
                                                         "sec-websocket-version",
                                                         "sec-websocket-protocol",
                                                         "sec-websocket-extensions",
                                                         "user-agent"};

// What a server that agrees begins with. Any other status is judged here: websocketpp would load it
// into an enumeration that cannot hold it.
constexpr std::string_view kAgreed = "HTTP/1.1 101 ";

bool is_own_header(const std::string& name) {
  return std::find(kOwnHeaders.begin(), kOwnHeaders.end(), name) != kOwnHeaders.end();
}

// The rules for headers are those of an HTTP request.
std::optional<std::string> find_handshake_fault(const WsCodec::Options& options) {
  for (const HttpHeader& header : options.headers) {
    if (is_own_header(to_lower(header.name))) return "header not allowed: " + header.name;
  }
  HttpRequest request;
  request.origin = options.url.origin;
  request.target = options.url.target;
  request.headers = options.headers;
  return find_fault(request);
}

}  // namespace

class WsCodec::Impl {
 public:
  explicit Impl(Events events) : events_(std::move(events)) { client_.set_secure(true); }
  ~Impl();

  Result<void> start(const Options& options);
  void feed(std::string_view bytes);
  void note_end();

  std::string output_;
  std::string reason_;
  bool over_ = false;
  Client client_;
  Client::connection_ptr connection_;

 private:
  void set_handlers();
  void end(std::string reason);
  bool is_agreed(std::string_view& bytes);
  std::string describe_end() const;

  Events events_;
  std::string head_;  // of the answer, until its status is known
  bool agreed_ = false;
  bool opened_ = false;
};

WsCodec::Impl::~Impl() {
  events_ = {};
  // Lets the library drop its pending read, which otherwise holds the connection for ever.
  if (connection_) connection_->fatal_error();
}

Result<void> WsCodec::Impl::start(const Options& options) {
  if (const auto fault = find_handshake_fault(options)) return Error("WS_REQUEST", *fault);
  const Origin& origin = options.url.origin;
  websocketpp::lib::error_code error;
  client_.set_secure(origin.tls);
  client_.set_user_agent(options.user_agent);
  const auto uri = websocketpp::lib::make_shared<websocketpp::uri>(origin.tls, origin.host,
                                                                   origin.port, options.url.target);
  connection_ = client_.get_connection(uri, error);
  if (error || !connection_) return Error("WS_REQUEST", error.message());
  for (const HttpHeader& header : options.headers) {
    connection_->append_header(header.name, header.value);
  }
  connection_->set_max_message_size(options.max_message_bytes);
  set_handlers();
  client_.connect(connection_);
  return {};
}

void WsCodec::Impl::set_handlers() {
  using websocketpp::connection_hdl;
  connection_->set_write_handler([this](connection_hdl, char const* bytes, std::size_t size) {
    output_.append(bytes, size);
    return websocketpp::lib::error_code();
  });
  connection_->set_open_handler([this](connection_hdl) {
    opened_ = true;
    if (events_.opened) events_.opened();
  });
  connection_->set_message_handler([this](connection_hdl, Client::message_ptr message) {
    const bool binary = message->get_opcode() == websocketpp::frame::opcode::binary;
    if (events_.message) events_.message(binary, std::move(message->get_raw_payload()));
  });
  connection_->set_pong_handler([this](connection_hdl, std::string payload) {
    if (events_.pong) events_.pong(payload);
  });
}

std::string WsCodec::Impl::describe_end() const {
  if (!opened_) return "upgrade failed: " + connection_->get_ec().message();
  const auto remote = connection_->get_remote_close_code();
  if (remote != websocketpp::close::status::abnormal_close &&
      remote != websocketpp::close::status::blank) {
    return "closed by peer " + std::to_string(remote);
  }
  return "protocol error: " + connection_->get_ec().message();
}

void WsCodec::Impl::note_end() {
  const session_state::value state = connection_->get_state();
  const bool ended = state == session_state::closing || state == session_state::closed;
  if (!over_ && ended) end(describe_end());
}

void WsCodec::Impl::end(std::string reason) {
  over_ = true;
  reason_ = std::move(reason);
}

// Holds bytes back until the status line is known to agree; then hands on what was held.
bool WsCodec::Impl::is_agreed(std::string_view& bytes) {
  if (agreed_) return true;
  head_.append(bytes);
  if (head_.size() < kAgreed.size()) return false;
  agreed_ = head_.starts_with(kAgreed);
  bytes = head_;
  if (!agreed_) {
    const bool is_http = bytes.starts_with("HTTP/1.");
    end(is_http ? "upgrade refused: " + head_.substr(9, 3) : "upgrade failed: not HTTP");
  }
  return agreed_;
}

void WsCodec::Impl::feed(std::string_view bytes) {
  if (!is_agreed(bytes)) return;
  while (!bytes.empty() && !over_) {
    const std::size_t used = connection_->read_all(bytes.data(), bytes.size());
    note_end();
    if (used == 0) break;
    bytes.remove_prefix(used);
  }
}

WsCodec::WsCodec(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

WsCodec::~WsCodec() = default;

Result<std::unique_ptr<WsCodec>> WsCodec::make(const Options& options, Events events) {
  auto impl = std::make_unique<Impl>(std::move(events));
  if (auto started = impl->start(options); !started) return started.error();
  return std::unique_ptr<WsCodec>(new WsCodec(std::move(impl)));
}

void WsCodec::feed(std::string_view bytes) {
  try {
    impl_->feed(bytes);
  } catch (const std::exception& error) {
    impl_->over_ = true;
    impl_->reason_ = std::string("protocol error: ") + error.what();
  }
}

bool WsCodec::send_text(std::string_view text) {
  if (impl_->over_) return false;
  const auto error = impl_->connection_->send(std::string(text), websocketpp::frame::opcode::text);
  return !error;
}

bool WsCodec::ping(const std::string& payload) {
  if (impl_->over_) return false;
  websocketpp::lib::error_code error;
  impl_->connection_->ping(payload, error);
  return !error;
}

std::string WsCodec::take_output() { return std::exchange(impl_->output_, {}); }

bool WsCodec::is_over() const { return impl_->over_; }

std::string WsCodec::reason() const { return impl_->reason_; }

}  // namespace everbit::net

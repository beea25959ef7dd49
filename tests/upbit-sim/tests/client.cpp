#include "upbit-sim/tests/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <variant>

#include "upbit-sim/auth/crypto.h"
#include "upbit-sim/base/text.h"

namespace everbit::upbit_sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using beast::error_code;

namespace {

constexpr auto kPatience = std::chrono::seconds(5);

asio::ssl::context trusting(const std::string& ca) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.load_verify_file(ca);
  context.set_verify_mode(asio::ssl::verify_peer);
  return context;
}

tcp::endpoint endpoint_of(std::uint16_t port) {
  return {asio::ip::make_address("127.0.0.1"), port};
}

// Runs one asynchronous operation to its end on the context.
template <typename Start>
error_code finish(asio::io_context& io, Start&& start) {
  error_code result = asio::error::timed_out;
  io.restart();
  start([&result](error_code error, auto&&...) { result = error; });
  io.run_for(kPatience + std::chrono::seconds(1));
  return result;
}

template <typename Stream>
Answer exchange_on(asio::io_context& io, Stream& stream, const ClientRequest& request) {
  http::request<http::string_body> wire{http::string_to_verb(request.method), request.target, 11};
  wire.set(http::field::host, "127.0.0.1");
  for (const auto& [name, value] : request.headers) wire.set(name, value);
  wire.body() = request.body;
  if (!request.body.empty()) wire.prepare_payload();
  wire.keep_alive(false);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  beast::get_lowest_layer(stream).expires_after(kPatience);
  if (finish(io, [&](auto done) { http::async_write(stream, wire, done); })) return {};
  if (finish(io, [&](auto done) { http::async_read(stream, buffer, response, done); })) return {};
  Answer answer;
  answer.status = static_cast<int>(response.result_int());
  answer.body = response.body();
  for (const auto& field : response) {
    answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return answer;
}

}  // namespace

std::string Answer::header(const std::string& name) const {
  for (const auto& [candidate, value] : headers) {
    if (equals_ignoring_case(candidate, name)) return value;
  }
  return {};
}

Answer http_call(std::uint16_t port, const ClientRequest& request, const std::string& ca) {
  asio::io_context io;
  if (ca.empty()) {
    beast::tcp_stream stream(io);
    stream.connect(endpoint_of(port));
    return exchange_on(io, stream, request);
  }
  auto context = trusting(ca);
  beast::ssl_stream<beast::tcp_stream> stream(io, context);
  beast::get_lowest_layer(stream).connect(endpoint_of(port));
  stream.handshake(asio::ssl::stream_base::client);
  return exchange_on(io, stream, request);
}

struct ClientSocket::Impl {
  using Plain = websocket::stream<beast::tcp_stream>;
  using Secure = websocket::stream<beast::ssl_stream<beast::tcp_stream>>;

  template <typename Stream>
  void shake_hands(Stream& on, const std::string& path, const std::string& authorization) {
    on.set_option(
        websocket::stream_base::decorator([&authorization](websocket::request_type& request) {
          if (!authorization.empty()) request.set(http::field::authorization, authorization);
        }));
    websocket::response_type response;
    error_code error;
    on.handshake(response, "127.0.0.1", path, error);
    connected = !error;
    if (error) refusal = static_cast<int>(response.result_int());
  }

  asio::io_context io;
  std::optional<asio::ssl::context> tls;
  std::variant<std::monostate, Plain, Secure> stream;
  bool connected = false;
  bool binary = false;
  int refusal = 0;
};

ClientSocket::ClientSocket(std::uint16_t port, const std::string& path,
                           const std::string& authorization, const std::string& ca)
    : impl_(std::make_unique<Impl>()) {
  if (ca.empty()) {
    auto& stream = impl_->stream.emplace<Impl::Plain>(impl_->io);
    beast::get_lowest_layer(stream).connect(endpoint_of(port));
    impl_->shake_hands(stream, path, authorization);
  } else {
    impl_->tls.emplace(trusting(ca));
    auto& stream = impl_->stream.emplace<Impl::Secure>(impl_->io, *impl_->tls);
    beast::get_lowest_layer(stream).connect(endpoint_of(port));
    stream.next_layer().handshake(asio::ssl::stream_base::client);
    impl_->shake_hands(stream, path, authorization);
  }
}

ClientSocket::~ClientSocket() = default;

bool ClientSocket::connected() const { return impl_->connected; }
int ClientSocket::refusal() const { return impl_->refusal; }
bool ClientSocket::last_was_binary() const { return impl_->binary; }

void ClientSocket::send(const std::string& text) {
  std::visit(
      [&text](auto& stream) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(stream)>, std::monostate>) {
          stream.text(true);
          stream.write(asio::buffer(text));
        }
      },
      impl_->stream);
}

std::optional<std::string> ClientSocket::read() {
  return std::visit(
      [this](auto& stream) -> std::optional<std::string> {
        if constexpr (std::is_same_v<std::decay_t<decltype(stream)>, std::monostate>) {
          return std::nullopt;
        } else {
          beast::flat_buffer buffer;
          beast::get_lowest_layer(stream).expires_after(kPatience);
          const auto error = finish(impl_->io, [&](auto done) { stream.async_read(buffer, done); });
          if (error) {
            impl_->connected = false;
            return std::nullopt;
          }
          impl_->binary = stream.got_binary();
          return beast::buffers_to_string(buffer.data());
        }
      },
      impl_->stream);
}

std::string bearer(const std::string& access_key, const std::string& secret_key,
                   const std::string& query_text, const std::string& nonce,
                   const std::string& hash_name) {
  std::string claims = R"({"access_key":")" + access_key + R"(","nonce":")" + nonce + '"';
  if (!query_text.empty()) {
    claims += R"(,"query_hash":")" + to_hex(sha512(query_text)) + R"(","query_hash_alg":")" +
              hash_name + '"';
  }
  const std::string content =
      base64url_encode(R"({"alg":"HS512","typ":"JWT"})") + '.' + base64url_encode(claims + '}');
  return "Bearer " + content + '.' + base64url_encode(hmac_sha512(secret_key, content));
}

}  // namespace everbit::upbit_sim

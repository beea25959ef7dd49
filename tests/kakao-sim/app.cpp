#include "kakao-sim/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "kakao-sim/kakao.h"

namespace everbit::kakao_sim {

namespace asio = boost::asio;
using boost::system::error_code;
using upbit_sim::Responder;
using upbit_sim::Server;

struct App::Parts {
  explicit Parts(const Options& o)
      : kakao(o),
        server(
            io,
            {[this](HttpRequest request, Responder respond) { serve(request, std::move(respond)); },
             nullptr, nullptr},
            o.tls),
        control_server(
            io,
            {[this](HttpRequest request, Responder respond) { respond(control(kakao, request)); },
             nullptr, nullptr},
            std::nullopt) {
    port = server.listen("127.0.0.1", o.port);
    control_port = control_server.listen("127.0.0.1", o.control_port);
    signals.async_wait([this](error_code error, int) {
      if (!error) io.stop();
    });
    if (o.exit_with_stdin) watch_stdin();
  }

  void serve(const HttpRequest& request, Responder respond);
  void answer(const HttpRequest& request, const std::optional<upbit_sim::Json>& fault,
              const Responder& respond);
  void watch_stdin();

  asio::io_context io{1};
  Kakao kakao;
  Server server;
  Server control_server;
  asio::signal_set signals{io, SIGTERM, SIGINT};
  asio::posix::stream_descriptor input{io};
  char input_byte = 0;
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
};

void App::Parts::serve(const HttpRequest& request, Responder respond) {
  const auto fault = kakao.faults.take(Kakao::endpoint_of(request));
  const auto delay = fault ? fault->integer_at("delay_ms").value_or(0) : 0;
  if (delay <= 0) return answer(request, fault, respond);
  auto timer = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(delay));
  timer->async_wait([this, timer, request, fault, respond = std::move(respond)](error_code error) {
    if (!error) answer(request, fault, respond);
  });
}

void App::Parts::answer(const HttpRequest& request, const std::optional<upbit_sim::Json>& fault,
                        const Responder& respond) {
  const std::string action = fault ? fault->string_at("action").value_or("") : "";
  if (action == "cut_before") return respond(std::nullopt);
  HttpResponse response = kakao.handle(request, fault);
  if (action == "cut_after") return respond(std::nullopt);
  if (action == "truncate") response.body.resize(response.body.size() / 2);
  if (action == "respond") {
    response = json_answer(static_cast<int>(fault->integer_at("status").value_or(500)),
                           fault->string_at("body").value_or(""));
    response.content_type = fault->string_at("content_type").value_or(response.content_type);
  }
  respond(std::move(response));
}

void App::Parts::watch_stdin() {
  if (!input.is_open()) input.assign(::dup(STDIN_FILENO));
  input.async_read_some(asio::buffer(&input_byte, 1), [this](error_code error, std::size_t) {
    if (error) {
      io.stop();
    } else {
      watch_stdin();
    }
  });
}

App::App(const Options& options) : parts_(std::make_unique<Parts>(options)) {}
App::~App() = default;

std::string App::listening_line() const {
  return fmt::format("listening kakao={}://127.0.0.1:{} control=http://127.0.0.1:{}",
                     parts_->kakao.options.tls ? "https" : "http", parts_->port,
                     parts_->control_port);
}

void App::run() { parts_->io.run(); }

}  // namespace everbit::kakao_sim

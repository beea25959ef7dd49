#include "push-sim/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "push-sim/control.h"

namespace everbit::push_sim {

namespace asio = boost::asio;
using boost::system::error_code;
using upbit_sim::Json;
using upbit_sim::Responder;
using upbit_sim::Server;

struct App::Parts {
  explicit Parts(const Options& o)
      : service(o, ""),
        server(
            io,
            {[this](HttpRequest request, Responder respond) { serve(request, std::move(respond)); },
             nullptr, nullptr},
            o.tls),
        control_server(
            io,
            {[this](HttpRequest request, Responder respond) { respond(control(service, request)); },
             nullptr, nullptr},
            std::nullopt) {
    port = server.listen("127.0.0.1", o.port);
    control_port = control_server.listen("127.0.0.1", o.control_port);
    service.set_origin(fmt::format("{}://{}:{}", o.tls ? "https" : "http", o.host, port));
    signals.async_wait([this](error_code error, int) {
      if (!error) io.stop();
    });
    if (o.exit_with_stdin) watch_stdin();
  }

  void serve(const HttpRequest& request, Responder respond);
  void answer(const HttpRequest& request, const std::optional<Json>& fault,
              const Responder& respond);
  void watch_stdin();

  asio::io_context io{1};
  Service service;
  Server server;
  Server control_server;
  asio::signal_set signals{io, SIGTERM, SIGINT};
  asio::posix::stream_descriptor input{io};
  std::vector<Responder> hanging;
  char input_byte = 0;
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
};

void App::Parts::serve(const HttpRequest& request, Responder respond) {
  const auto fault = service.faults.take();
  const auto delay = fault ? fault->integer_at("delay_ms").value_or(0) : 0;
  if (delay <= 0) return answer(request, fault, respond);
  auto timer = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(delay));
  timer->async_wait([this, timer, request, fault, respond = std::move(respond)](error_code error) {
    if (!error) answer(request, fault, respond);
  });
}

void App::Parts::answer(const HttpRequest& request, const std::optional<Json>& fault,
                        const Responder& respond) {
  if (!fault) return respond(service.push(request));
  const std::string action = fault->string_at("action").value_or("respond");
  if (action == "cut_before") return respond(std::nullopt);
  if (action == "hang") return hanging.push_back(respond);
  HttpResponse response;
  if (const auto status = fault->integer_at("status")) {
    response.status = static_cast<int>(*status);
  } else {
    response = service.push(request);
  }
  if (action == "cut_after") return respond(std::nullopt);
  const auto bytes = fault->integer_at("body_bytes").value_or(0);
  if (bytes > 0) response.body = std::string(static_cast<std::size_t>(bytes), 'x');
  if (const auto body = fault->string_at("body")) response.body = *body;
  if (const auto after = fault->string_at("retry_after")) {
    response.headers.emplace_back("Retry-After", *after);
  }
  if (const auto location = fault->string_at("location")) {
    response.headers.emplace_back("Location", *location);
  }
  response.pause_within_ms = fault->integer_at("pause_ms").value_or(0);
  response.cut_within = action == "cut_within";
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
  const Options& o = parts_->service.options;
  return fmt::format("listening push={}://{}:{} control=http://127.0.0.1:{}",
                     o.tls ? "https" : "http", o.host, parts_->port, parts_->control_port);
}

void App::run() { parts_->io.run(); }

}  // namespace everbit::push_sim

#include "upbit-sim/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "upbit-sim/control/control_api.h"
#include "upbit-sim/market/replay.h"
#include "upbit-sim/market/scenario.h"

namespace everbit::upbit_sim {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

Millis monotonic_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Each action has a timer of its own, alive until it has fired.
class AsioScheduler : public Scheduler {
 public:
  explicit AsioScheduler(asio::io_context& io) : io_(io) {}

  void after(Millis delay, std::function<void()> action) override {
    if (delay <= 0) {
      asio::post(io_, std::move(action));
      return;
    }
    auto timer = std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds(delay));
    timer->async_wait([timer, action = std::move(action)](error_code error) {
      if (!error) action();
    });
  }

 private:
  asio::io_context& io_;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<MarketPlan> plan_markets(const Options& options, const Clock& clock) {
  if (!options.replay.empty()) {
    return replay_markets(options.replay, options.replay_from, clock.now());
  }
  Scenario scenario = *find_scenario(options.scenario);
  if (options.dip_every >= 0) scenario.shape.dip_every = options.dip_every;
  return scenario_markets(scenario, options.seed, options.markets, clock.now(),
                          options.history_days);
}

Rules rules_of(const Options& options) {
  Rules rules;
  rules.fee_rate = Decimal::of(options.fee);
  return rules;
}

}  // namespace

struct App::Parts {
  explicit Parts(const Options& o);

  void load_keys();
  void every(Millis period, std::function<void()> action);
  void watch_signals();
  void watch_stdin();

  Options options;
  asio::io_context io{1};
  AsioScheduler scheduler{io};
  Clock clock;
  MarketPlace markets;
  Exchange exchange;
  KeyRing keys;
  RateLimiter limiter;
  Faults faults;
  RestApi rest;
  StreamHub streams;
  ControlApi control;
  Server public_server;
  Server control_server;
  asio::signal_set signals{io, SIGTERM, SIGINT};
  asio::posix::stream_descriptor input{io};
  char input_byte = 0;
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
};

App::Parts::Parts(const Options& o)
    : options(o),
      clock(o.speed),
      markets(plan_markets(o, clock), Decimal::of(o.level_value), o.trades_per_minute, o.seed,
              clock.now()),
      exchange(clock, scheduler, markets, rules_of(o), o.seed),
      rest(clock, scheduler, markets, exchange, keys, limiter, faults, monotonic_ms),
      streams(clock, scheduler, markets, exchange, keys, limiter, faults, monotonic_ms),
      control({clock, markets, exchange, keys, limiter, faults, rest, streams, monotonic_ms}),
      public_server(io,
                    {[this](HttpRequest request, Responder respond) {
                       rest.handle(std::move(request), std::move(respond));
                     },
                     [this](const HttpRequest& request) { return streams.check_upgrade(request); },
                     [this](std::shared_ptr<WebSocket> socket, const HttpRequest& request) {
                       streams.accept(std::move(socket), request);
                     }},
                    o.tls),
      control_server(
          io,
          {[this](HttpRequest request, Responder respond) { respond(control.handle(request)); },
           nullptr, nullptr},
          std::nullopt) {
  load_keys();
  limiter.set_enabled(o.rate_limits);
  limiter.set_first_block(o.block_seconds * kSecond);
  exchange.set_matching_delay(o.matching_delay[0], o.matching_delay[1]);
  exchange.events() = {
      [this](const Order& order, std::string_view state, const Fill* fill) {
        streams.on_order(order, state, fill);
      },
      [this](const Account& account, const std::vector<std::string>& currencies) {
        streams.on_assets(account, currencies);
      },
      [this](Market& market, const PublicTrade& trade) { streams.on_trade(market, trade); },
      [this](Market& market) { streams.on_book(market); }};
  const auto play = [this] {
    markets.play(clock.now(), [this](Market& market, const PublicTrade& trade) {
      exchange.path_trade(market, trade);
    });
  };
  play();  // the part of the current minute that lies before now
  every(25, play);
  every(100, [this] { streams.flush_books(); });
  every(1000, [this] { streams.emit_candles(); });
  every(10'000, [this] { streams.emit_status(); });
  public_server.set_websocket_idle_timeout(o.idle_seconds * kSecond);
  port = public_server.listen(o.listen_address, o.port);
  control_port = control_server.listen("127.0.0.1", o.control_port);
  watch_signals();
  if (o.exit_with_stdin) watch_stdin();
}

void App::Parts::load_keys() {
  ApiKey key;
  key.access_key = options.access_key;
  key.secret_key = options.secret_key;
  key.account = "main";
  key.expire_at = clock.now() + 365 * kDay;
  keys.put(std::move(key));
  exchange.add_account("main").set_balance("KRW", Decimal::of(options.krw));
  if (options.key_file.empty()) return;
  std::string problem;
  const auto list = Json::parse(read_file(options.key_file), &problem);
  if (!list || !list->is_array()) {
    throw std::runtime_error(options.key_file + " is no JSON array: " + problem);
  }
  for (const Json& item : list->items()) {
    auto more = read_key(item, clock.now());
    if (const auto* why = std::get_if<std::string>(&more)) {
      throw std::runtime_error(options.key_file + ": " + *why);
    }
    exchange.add_account(std::get<ApiKey>(more).account);
    keys.put(std::get<ApiKey>(std::move(more)));
  }
}

void App::Parts::every(Millis period, std::function<void()> action) {
  auto timer = std::make_shared<asio::steady_timer>(io);
  auto again = std::make_shared<std::function<void(error_code)>>();
  std::weak_ptr<std::function<void(error_code)>> weak = again;
  timer->expires_after(std::chrono::milliseconds(period));
  *again = [timer, weak, action = std::move(action), period](error_code error) {
    if (error) return;
    action();
    timer->expires_at(timer->expiry() + std::chrono::milliseconds(period));
    if (const auto self = weak.lock()) timer->async_wait([self](error_code e) { (*self)(e); });
  };
  timer->async_wait([again](error_code error) { (*again)(error); });
}

void App::Parts::watch_signals() {
  signals.async_wait([this](error_code error, int) {
    if (!error) io.stop();
  });
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

std::uint16_t App::port() const { return parts_->port; }
std::uint16_t App::control_port() const { return parts_->control_port; }

std::string App::listening_line() const {
  return fmt::format("listening rest={}://{}:{} control=http://127.0.0.1:{}",
                     parts_->options.tls ? "https" : "http", parts_->options.listen_address,
                     parts_->port, parts_->control_port);
}

void App::run() { parts_->io.run(); }
void App::stop() { parts_->io.stop(); }

}  // namespace everbit::upbit_sim

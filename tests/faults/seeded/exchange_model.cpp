#include "faults/seeded/exchange_model.h"

#include <utility>

#include "upbit-sim/market/scenario.h"

namespace everbit::faults {

namespace sim = upbit_sim;

namespace {

sim::Millis to_millis(Timestamp time) { return time.ns() / 1'000'000; }

std::string_view text_of(net::HttpMethod method) {
  switch (method) {
    case net::HttpMethod::kPost:
      return "POST";
    case net::HttpMethod::kPut:
      return "PUT";
    case net::HttpMethod::kDelete:
      return "DELETE";
    default:
      return "GET";
  }
}

sim::HttpRequest request_of(net::HttpMethod method, const std::string& target,
                            const std::vector<net::HttpHeader>& headers, const std::string& body) {
  sim::HttpRequest request;
  request.method = text_of(method);
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  request.body = body;
  request.peer = "127.0.0.1";
  for (const net::HttpHeader& header : headers) {
    request.headers.emplace_back(header.name, header.value);
  }
  return request;
}

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

}  // namespace

class ExchangeModel::Timers final : public sim::Scheduler {
 public:
  explicit Timers(faults::Scheduler& scheduler) : scheduler_(scheduler) {}
  void after(sim::Millis delay, std::function<void()> action) override {
    scheduler_.after(std::chrono::milliseconds(delay), std::move(action));
  }

 private:
  faults::Scheduler& scheduler_;
};

class ExchangeModel::Socket final : public sim::WebSocket {
 public:
  explicit Socket(std::weak_ptr<Stream> stream) : stream_(std::move(stream)) {}
  void send(std::string payload, bool) override {
    if (const auto stream = stream_.lock()) stream->inbox.push_back(std::move(payload));
  }
  void send_raw(std::string) override {}
  void close(unsigned short) override {}
  void reset() override {}
  void mute() override {}

 private:
  std::weak_ptr<Stream> stream_;
};

ExchangeModel::ExchangeModel(Scheduler& scheduler, Choices& choices, const ManualClock& clock)
    : clock_(clock),
      exchange_clock_(sim::Clock::held_at(to_millis(clock.now()))),
      timers_(std::make_unique<Timers>(scheduler)),
      markets_(sim::scenario_markets(*sim::find_scenario("still"), 1, {kMarket},
                                     to_millis(clock.now()), 1),
               sim::Decimal(30'000'000), 30, 1, to_millis(clock.now())),
      exchange_(exchange_clock_, *timers_, markets_, sim::Rules{}, choices.below(1U << 30U)),
      rest_(exchange_clock_, *timers_, markets_, exchange_, keys_, limiter_, faults_,
            [this] { return to_millis(clock_.now()); }),
      streams_(exchange_clock_, *timers_, markets_, exchange_, keys_, limiter_, faults_,
               [this] { return to_millis(clock_.now()); }) {
  sim::ApiKey key;
  key.access_key = kAccessKey;
  key.secret_key = kSecretKey;
  key.account = "main";
  key.expire_at = exchange_clock_.now() + 365 * sim::kDay;
  keys_.put(std::move(key));
  limiter_.set_enabled(false);
  exchange_.add_account("main").set_balance("KRW", sim::Decimal(10'000'000));
  exchange_.set_matching_delay(1, 400);
  exchange_.events() = {
      [this](const sim::Order& order, std::string_view state, const sim::Fill* fill) {
        streams_.on_order(order, state, fill);
      },
      [this](const sim::Account& account, const std::vector<std::string>& currencies) {
        streams_.on_assets(account, currencies);
      },
      [](sim::Market&, const sim::PublicTrade&) {}, [](sim::Market&) {}};
  move_price(0);
}

ExchangeModel::~ExchangeModel() = default;

void ExchangeModel::tick() {
  exchange_clock_.advance(to_millis(clock_.now()) - exchange_clock_.now());
}

void ExchangeModel::move_price(int won) {
  price_ += won;
  exchange_.path_trade(*markets_.find(kMarket),
                       {exchange_clock_.now(), sim::to_e8(sim::Decimal(price_)),
                        sim::to_e8(sim::Decimal::of("0.0001")), true, 0});
}

net::HttpResponse ExchangeModel::handle(net::HttpMethod method, const std::string& target,
                                        const std::vector<net::HttpHeader>& headers,
                                        const std::string& body) {
  net::HttpResponse answer;
  rest_.handle(request_of(method, target, headers, body),
               [&answer](std::optional<sim::HttpResponse> response) {
                 if (!response) return;
                 answer.status = response->status;
                 answer.body = std::move(response->body);
                 answer.headers.push_back({"content-type", response->content_type});
                 for (auto& [name, value] : response->headers) {
                   answer.headers.push_back({lower(name), std::move(value)});
                 }
               });
  return answer;
}

std::shared_ptr<ExchangeModel::Stream> ExchangeModel::connect(
    const std::vector<net::HttpHeader>& handshake, const std::string& subscription) {
  const auto request =
      request_of(net::HttpMethod::kGet, "/websocket/v1/private", handshake, std::string());
  if (streams_.check_upgrade(request)) return nullptr;
  const auto stream = std::make_shared<Stream>();
  const auto socket = std::make_shared<Socket>(stream);
  streams_.accept(socket, request);
  if (socket->on_message) socket->on_message(subscription);
  return stream;
}

}  // namespace everbit::faults

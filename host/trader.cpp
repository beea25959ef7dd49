#include "trader.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"
#include "net/http_client.h"
#include "net/rate_limiter.h"
#include "net/send_ledger.h"
#include "net/send_once.h"
#include "store/installation.h"
#include "store/instance_lock.h"
#include "trading/control/control_watcher.h"
#include "trading/execution/executor.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/intent/intent_writer.h"
#include "trading/market/candle_reader.h"
#include "trading/market/market_feed.h"
#include "trading/pipeline/close_loop.h"
#include "trading/pipeline/command_consumer.h"
#include "trading/portfolio/private_feed.h"
#include "trading/strategy/state_store.h"

namespace everbit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLockWait{10};
constexpr seconds kStartBudget{10};
constexpr milliseconds kSuperviseEvery{1000};
constexpr seconds kVerifyKeyEvery{10};
// Upbit's documented values, until orders/chance has said its own.
constexpr std::string_view kFeeRate = "0.0005";
constexpr std::string_view kMinTotal = "5000";

// The documented limits (reference, section 5); what Upbit reports can only lower them.
std::vector<net::RateGroup> rate_groups() {
  using net::RateSide;
  return {{"market", RateSide::kQuotation, 10},    {"candle", RateSide::kQuotation, 10},
          {"trade", RateSide::kQuotation, 10},     {"ticker", RateSide::kQuotation, 10},
          {"orderbook", RateSide::kQuotation, 10}, {"default", RateSide::kExchange, 30},
          {"order", RateSide::kExchange, 12},      {"order-test", RateSide::kExchange, 8}};
}

constexpr store::Sql kEnsureMarket{R"sql(
  INSERT INTO market_config (owner_id, market, enabled, priority) VALUES ($1, $2, $3, $4)
  ON CONFLICT (owner_id, market) DO NOTHING)sql"};

constexpr store::Sql kBlockedFor{R"sql(
  SELECT side, extract(epoch FROM blocked_until - now())::float8 FROM exchange_block
  WHERE owner_id = $1 AND blocked_until > now())sql"};

trading::Mode mode_of(config::TradingMode mode) {
  return mode == config::TradingMode::kReal ? trading::Mode::kReal : trading::Mode::kPaper;
}

std::string params_json(const std::map<std::string, std::string>& params) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [key, value] : params) json.field(key, value);
  return json.end_object().take();
}

Result<net::Url> url_of(const std::string& text, const char* field) {
  auto url = net::parse_url(text);
  if (!url) return Error("CONFIG_URL", "is no address", field);
  return *url;
}

int seconds_of(const config::Timeframe& timeframe) {
  return static_cast<int>(timeframe.length().count());
}

}  // namespace

// Everything the role is made of, in order of dependency.
struct Trader::Body {
  explicit Body(Parts given)
      : parts(std::move(given)), exchange_clock(parts.clock), account_switch(parts.clock) {}

  Result<void> build();
  Result<void> become_trader();
  Result<void> reach_exchange();
  trading::ExchangeKey account_key() const;
  Result<void> learn_account_rules();
  Result<void> prepare_database();
  void build_order_path();
  Result<void> build_strategies();
  std::unique_ptr<trading::StrategyRunner> make_runner(const std::string& market,
                                                       const trading::ActiveStrategy& active);
  Result<void> start();
  void stop(Deadline deadline);

  void supervise();
  bool verify_key();

  Parts parts;
  trading::Mode mode = trading::Mode::kPaper;
  std::vector<std::string> markets;
  std::string installation_tag;
  trading::ExchangeClock exchange_clock;
  trading::TradingSwitch account_switch;
  std::atomic<bool> key_usable{false};
  std::atomic<bool> stopping{false};
  std::atomic<bool> gave_up{false};
  Decimal fee_rate = Decimal::of(kFeeRate);
  Decimal min_total = Decimal::of(kMinTotal);

  std::optional<store::TraderLock> lock;
  std::unique_ptr<net::SendLedger> ledger;
  std::unique_ptr<net::RateLimiter> limiter;
  std::unique_ptr<net::HttpClient> http;
  std::unique_ptr<net::SendOnce> send_once;
  std::unique_ptr<trading::ExchangeGateway> gateway;
  std::unique_ptr<trading::ControlWatcher> control;

  std::unique_ptr<trading::Outbox> outbox;
  std::unique_ptr<trading::OrderRecorder> recorder;
  std::unique_ptr<trading::FillBook> fills;
  std::unique_ptr<trading::OrderSync> orders;
  std::unique_ptr<trading::Balances> balances;
  std::unique_ptr<trading::Executor> executor;
  std::unique_ptr<trading::PrivateFeed> private_feed;

  std::unique_ptr<trading::CandleReader> reader;
  std::unique_ptr<trading::MarketFeed> market_feed;
  std::unique_ptr<trading::IntentWriter> writer;
  std::unique_ptr<trading::CloseLoop> close_loop;
  std::unique_ptr<events::Dispatcher> commands;
  std::thread supervisor;
};

Result<void> Trader::Body::build() {
  mode = mode_of(parts.settings.mode);
  for (const auto& market : parts.settings.strategy.markets) {
    if (market.enabled) markets.push_back(market.code);
  }
  std::sort(markets.begin(), markets.end());
  for (const auto step : {&Body::become_trader, &Body::prepare_database, &Body::reach_exchange,
                          &Body::learn_account_rules}) {
    if (auto done = (this->*step)(); !done) return done.error();
  }
  build_order_path();
  if (auto built = build_strategies(); !built) return built.error();
  return start();
}

Result<void> Trader::Body::become_trader() {
  auto boot = store::current_boot_id();
  if (!boot) return boot.error();
  auto taken = store::TraderLock::take(parts.pool.connect_settings(), parts.owner, parts.instance,
                                       *boot, Deadline::after(kLockWait));
  if (!taken) return taken.error();
  lock = std::move(*taken);
  auto opened =
      net::SendLedger::open(parts.settings.data.dir / "send.ledger", parts.instance, parts.clock);
  if (!opened) return opened.error();
  ledger = std::move(*opened);
  return {};
}

Result<void> Trader::Body::prepare_database() {
  const Deadline deadline = Deadline::after(kStartBudget);
  auto tag = store::ensure_installation_tag(parts.pool, deadline);
  if (!tag) return tag.error();
  installation_tag = *tag;
  for (const auto& market : parts.settings.strategy.markets) {
    auto ensured = parts.pool.exec(deadline, kEnsureMarket, parts.owner, market.code,
                                   market.enabled, market.priority);
    if (!ensured) return ensured.error();
  }
  return {};
}

Result<void> Trader::Body::reach_exchange() {
  const config::ExchangeSettings& exchange = parts.settings.exchange;
  auto rest = url_of(exchange.rest_url, "exchange.restUrl");
  if (!rest) return rest.error();
  net::HttpClientSettings http_settings;
  http_settings.ca_file = exchange.ca_file.string();
  http_settings.guarded_origins = {rest->origin};
  auto client = net::HttpClient::make(parts.io, std::move(http_settings));
  if (!client) return client.error();
  http = std::move(*client);
  limiter = std::make_unique<net::RateLimiter>(parts.clock, parts.io.executor(), rate_groups());
  auto blocks = parts.pool.exec(Deadline::after(kStartBudget), kBlockedFor, parts.owner);
  if (!blocks) return blocks.error();
  for (const store::Row row : *blocks) {
    const auto left = std::chrono::duration<double>(row.get<double>(1));
    limiter->block_side(
        row.text(0) == "exchange" ? net::RateSide::kExchange : net::RateSide::kQuotation,
        parts.clock.steady_now() + std::chrono::duration_cast<milliseconds>(left));
  }
  send_once = std::make_unique<net::SendOnce>(*http, *ledger);
  gateway = std::make_unique<trading::ExchangeGateway>(
      trading::ExchangeGateway::Parts{*parts.plugins.exchange(), *http, *limiter, parts.clock,
                                      rest->origin, parts.io.executor(), account_key()});
  return {};
}

// In PAPER nobody gets the key, so that nothing could sign a real order. Until the simulated
// exchange plugin is there, PAPER shows decisions and signals only.
trading::ExchangeKey Trader::Body::account_key() const {
  if (mode == trading::Mode::kReal) {
    return {parts.settings.exchange.access_key, parts.settings.exchange.secret_key};
  }
  log_warn("paper_places_no_orders");
  return {};
}

// Fee and minimum as the exchange has them for this account; silence leaves the documented ones.
Result<void> Trader::Body::learn_account_rules() {
  if (!gateway->has_key() || markets.empty()) return {};
  const auto answer = gateway->read(plugins::ExchangeOp::kChance, {{"market", markets.front()}},
                                    net::RatePriority::kLookup);
  if (answer.ok() && answer.decoded.found.chance) {
    fee_rate = answer.decoded.found.chance->bid_fee;
    min_total = answer.decoded.found.chance->min_total_ask;
    key_usable.store(true);
  } else {
    log_error("key_not_verified",
              {{"name", answer.decoded.answer.name}, {"detail", answer.wire.detail}});
  }
  return {};
}

void Trader::Body::build_order_path() {
  control = std::make_unique<trading::ControlWatcher>(parts.pool, parts.owner, account_switch);
  outbox =
      std::make_unique<trading::Outbox>(parts.plugins.bus(), parts.clock, parts.owner_public_id);
  recorder = std::make_unique<trading::OrderRecorder>(
      trading::OrderRecorder::Parts{*outbox, parts.owner, mode, installation_tag});
  fills = std::make_unique<trading::FillBook>(
      trading::FillBook::Parts{*outbox, parts.owner, mode, min_total});
  orders = std::make_unique<trading::OrderSync>(
      trading::OrderSync::Parts{parts.pool, *recorder, *fills, *outbox, parts.owner, mode});
  balances = std::make_unique<trading::Balances>(parts.pool, parts.owner, mode);
  trading::ExecutionSettings execution;
  execution.max_order_attempts = static_cast<int>(parts.settings.execution.max_order_attempts);
  execution.send_by = parts.settings.execution.send_by;
  execution.signal_period = parts.settings.strategy.timeframe.length();
  executor = std::make_unique<trading::Executor>(
      trading::Executor::Parts{parts.pool, *gateway, *send_once, *recorder, *outbox, account_switch,
                               exchange_clock, parts.clock, parts.owner, mode, parts.instance,
                               installation_tag, key_usable, gave_up, execution});
}

Result<void> Trader::Body::build_strategies() {
  const config::StrategySettings& strategy = parts.settings.strategy;
  const plugins::LoadedPlugin& plugin = parts.plugins.strategy();
  auto active = trading::activate_strategy(parts.pool, parts.owner, strategy.key, plugin.sha256,
                                           plugin.manifest.version, params_json(strategy.params));
  if (!active) return active.error();
  auto public_url = url_of(parts.settings.exchange.ws_url, "exchange.wsUrl");
  if (!public_url) return public_url.error();
  net::WsSettings ws;
  ws.url = *public_url;
  ws.ca_file = parts.settings.exchange.ca_file.string();
  market_feed = std::make_unique<trading::MarketFeed>(
      trading::MarketFeed::Parts{parts.io, ws, *parts.plugins.exchange(), exchange_clock,
                                 parts.clock, markets, seconds_of(strategy.timeframe)});
  reader = std::make_unique<trading::CandleReader>(*gateway);

  trading::WriterSettings writing;
  // PAPER too: without exchange-paper an order could only be a real one.
  writing.needs_key = true;
  writing.fee_rate = fee_rate;
  writing.min_total = min_total;
  writing.min_order_krw = parts.settings.risk.min_order_krw;
  writing.max_order_krw = parts.settings.risk.max_order_krw;
  writing.max_open_markets = static_cast<int>(parts.settings.risk.max_open_markets);
  writer = std::make_unique<trading::IntentWriter>(trading::IntentWriter::Parts{
      parts.pool, *outbox, parts.clock, parts.instance, installation_tag, writing});

  trading::CloseSettings closing;
  closing.grace = parts.settings.candles.grace;
  closing.rest_deadline = parts.settings.candles.rest_deadline;
  ops::ProgressWatchdog::Beat& beat = parts.watchdog.add("candles");
  trading::CloseLoop::Parts loop{parts.pool,
                                 *reader,
                                 *market_feed,
                                 exchange_clock,
                                 *writer,
                                 {},
                                 {},
                                 key_usable,
                                 gateway->has_key(),
                                 closing,
                                 [&beat] { beat.mark(); },
                                 [this] { parts.fatal("fenced: another trader or generation"); },
                                 [this](bool ready) { parts.health.set("strategies", ready); }};
  for (const std::string& market : markets) loop.runners.push_back(make_runner(market, *active));
  for (const auto& market : strategy.markets) {
    loop.priorities[market.code] = static_cast<double>(market.priority);
  }
  close_loop = std::make_unique<trading::CloseLoop>(std::move(loop));
  return {};
}

std::unique_ptr<trading::StrategyRunner> Trader::Body::make_runner(
    const std::string& market, const trading::ActiveStrategy& active) {
  const config::StrategySettings& strategy = parts.settings.strategy;
  plugins::InstanceOptions options;
  options.name = strategy.key + " " + market;
  options.strategy_key = strategy.key;
  options.market = market;
  options.mode = mode == trading::Mode::kReal ? EB_MODE_REAL : EB_MODE_PAPER;
  options.signal_s = seconds_of(strategy.timeframe);
  options.macro_s = seconds_of(strategy.macro_timeframe);
  options.long_s = seconds_of(strategy.long_timeframe);
  options.params.assign(strategy.params.begin(), strategy.params.end());
  options.clock = &parts.clock;
  options.strand = plugins::make_asio_strand(parts.strands.context());
  return std::make_unique<trading::StrategyRunner>(trading::StrategyRunner::Parts{
      parts.pool,
      *reader,
      parts.plugins.strategy(),
      std::move(options),
      {parts.owner, mode, strategy.key, market, strategy.timeframe.text()},
      active,
      parts.instance});
}

Result<void> Trader::Body::start() {
  if (auto started = market_feed->start(); !started) return started.error();
  if (gateway->has_key()) {
    auto private_url = url_of(parts.settings.exchange.ws_private_url, "exchange.wsPrivateUrl");
    if (!private_url) return private_url.error();
    net::WsSettings ws;
    ws.url = *private_url;
    ws.ca_file = parts.settings.exchange.ca_file.string();
    private_feed = std::make_unique<trading::PrivateFeed>(
        trading::PrivateFeed::Parts{parts.io, ws, *parts.plugins.exchange(), *gateway, *orders,
                                    *balances, exchange_clock, parts.clock});
    if (auto started = private_feed->start(); !started) return started.error();
  }
  auto consumer = trading::start_command_consumer(parts.plugins.bus(), *executor);
  if (!consumer) return consumer.error();
  commands = std::move(*consumer);
  close_loop->start();
  supervisor = std::thread([this] { supervise(); });
  return {};
}

// Once a second: is this process still the trader, is the key good, are the feeds there.
void Trader::Body::supervise() {
  SteadyTime verify_at = parts.clock.steady_now();
  while (!stopping.load()) {
    if (auto held = lock->check(Deadline::after(kStartBudget)); !held) {
      parts.fatal("the trader lock is lost: " + to_string(held.error()));
      return;
    }
    if (gateway->has_key() && !key_usable.load() && parts.clock.steady_now() >= verify_at) {
      verify_at = parts.clock.steady_now() + kVerifyKeyEvery;
      if (verify_key()) log_info("key_verified");
    }
    parts.health.set("market_feed", market_feed->is_connected());
    parts.health.set("private_feed", !private_feed || private_feed->is_connected());
    parts.health.set("key", key_usable.load() || mode == trading::Mode::kPaper);
    for (int i = 0; i < 10 && !stopping.load(); ++i) {
      std::this_thread::sleep_for(kSuperviseEvery / 10);
    }
  }
}

bool Trader::Body::verify_key() {
  const auto answer =
      gateway->read(plugins::ExchangeOp::kAccounts, {}, net::RatePriority::kBackground);
  if (answer.ok()) key_usable.store(true);
  return answer.ok();
}

void Trader::Body::stop(Deadline deadline) {
  stopping.store(true);
  if (close_loop) close_loop->stop();
  if (commands && !commands->stop(deadline)) gave_up.store(true);
  commands.reset();
  if (private_feed) private_feed->stop();
  if (market_feed) market_feed->stop();
  if (supervisor.joinable()) supervisor.join();
  if (control) control->stop();
  if (http) http->stop();
}

Trader::Trader(std::unique_ptr<Body> body) : body_(std::move(body)) {}

Trader::~Trader() { stop(Deadline::after(kStartBudget)); }

void Trader::stop(Deadline deadline) { body_->stop(deadline); }

Result<std::unique_ptr<Trader>> Trader::build(Parts parts) {
  for (const char* check : {"strategies", "market_feed", "private_feed", "key"}) {
    parts.health.expect(check);
  }
  std::unique_ptr<Trader> trader(new Trader(std::make_unique<Body>(std::move(parts))));
  if (auto built = trader->body_->build(); !built) return built.error();
  return trader;
}

}  // namespace everbit

#include "trader/decision_path.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "base/metric_names.h"

namespace everbit {
namespace {

constexpr std::chrono::minutes kSafeModeSpan{10};

std::string params_json(const std::map<std::string, std::string>& params) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [key, value] : params) json.field(key, value);
  return json.end_object().take();
}

int seconds_of(const config::Timeframe& timeframe) {
  return static_cast<int>(timeframe.length().count());
}

}  // namespace

DecisionPath::DecisionPath(TraderContext& context, ExchangeAccess& exchange)
    : context_(context), exchange_(exchange), reader_(exchange.gateway()) {}

Result<std::unique_ptr<DecisionPath>> DecisionPath::build(TraderContext& context,
                                                          ExchangeAccess& exchange,
                                                          trading::Outbox& outbox,
                                                          const AccountRules& rules) {
  const config::StrategySettings& strategy = context.settings.strategy;
  const plugins::LoadedPlugin& plugin = context.plugins.strategy();
  auto active = trading::activate_strategy(context.pool, context.owner, strategy.key, plugin.sha256,
                                           plugin.manifest.version, params_json(strategy.params));
  if (!active) return active.error();
  std::unique_ptr<DecisionPath> path(new DecisionPath(context, exchange));
  if (auto built = path->build_feed(); !built) return built.error();
  path->build_writer(outbox, rules);
  path->build_loop(*active);
  return path;
}

Result<void> DecisionPath::build_feed() {
  const config::ExchangeSettings& exchange = context_.settings.exchange;
  auto ws = exchange_socket(exchange, exchange.ws_url, "exchange.wsUrl");
  if (!ws) return ws.error();
  trading::MarketFeed::Parts feed{context_.io,
                                  *ws,
                                  *context_.plugins.exchange(),
                                  context_.exchange_clock,
                                  context_.clock,
                                  context_.markets,
                                  seconds_of(context_.settings.strategy.timeframe)};
  if (paper::PaperExchange* const paper = exchange_.paper()) {
    feed.more_streams = context_.plugins.local_exchange()->streams();
    feed.also = [paper](const std::string& frame) { paper->observe(frame); };
    feed.down = [paper] { paper->missed(); };
  }
  feed_ = std::make_unique<trading::MarketFeed>(std::move(feed));
  return {};
}

std::optional<Decimal> DecisionPath::last_price(const std::string& market) const {
  const auto view = feed_->view(market);
  if (!view) return std::nullopt;
  return view->price;
}

void DecisionPath::build_writer(trading::Outbox& outbox, const AccountRules& rules) {
  const config::RiskSettings& risk = context_.settings.risk;
  trading::WriterSettings writing;
  // PAPER too: its exchange has one of its own.
  writing.needs_key = true;
  writing.fee_rate = rules.fee_rate;
  writing.min_total = rules.min_total;
  writing.min_order_krw = risk.min_order_krw;
  writing.max_order_krw = risk.max_order_krw;
  writing.max_open_markets = static_cast<int>(risk.max_open_markets);
  writing.limits = {risk.max_exposure_krw, static_cast<int>(risk.max_entries_per_hour)};
  const trading::TradingSwitch& flag = context_.switchboard.flag();
  writer_ = std::make_unique<trading::IntentWriter>(
      trading::IntentWriter::Parts{context_.pool, outbox, context_.clock, context_.instance,
                                   context_.installation_tag, flag, writing});
  const auto price = [this](const std::string& market) { return last_price(market); };
  exits_ = std::make_unique<trading::HostExits>(trading::HostExits::Parts{
      context_.pool, outbox, context_.clock, context_.owner, context_.mode, context_.instance,
      context_.installation_tag, flag, writing.needs_key, exchange_.gateway().has_key(),
      context_.key_usable, rules.min_total, price});
  trading::KillSwitch& kill_switch = context_.switchboard.kill_switch();
  owner_exits_ = std::make_unique<trading::OwnerExits>(trading::OwnerExits::Parts{
      context_.pool, kill_switch, flag, *exits_, context_.clock, context_.owner, context_.mode});
  profit_ = std::make_unique<trading::ProfitWatch>(
      trading::ProfitWatch::Parts{context_.pool, kill_switch, context_.clock, context_.owner,
                                  context_.mode, risk.max_daily_loss_krw, price});
  const config::Timeframe& timeframe = context_.settings.strategy.timeframe;
  guardian_ = std::make_unique<trading::Guardian>(
      trading::Guardian::Parts{context_.pool, reader_, *exits_, outbox, context_.owner,
                               context_.mode, timeframe.text(), timeframe.length()});
}

void DecisionPath::build_loop(const trading::ActiveStrategy& active) {
  const config::Settings& settings = context_.settings;
  trading::CloseSettings closing;
  closing.grace = settings.candles.grace;
  closing.rest_deadline = settings.candles.rest_deadline;
  ops::ProgressWatchdog::Beat& beat = context_.watchdog.add("candles");
  trading::CloseLoop::Parts loop{context_.pool,
                                 reader_,
                                 *feed_,
                                 context_.exchange_clock,
                                 *writer_,
                                 *guardian_,
                                 {},
                                 {},
                                 context_.key_usable,
                                 exchange_.gateway().has_key(),
                                 closing,
                                 [this] { return profit_->is_loss_reached(); },
                                 [&beat] { beat.mark(); },
                                 [this] { context_.fatal("fenced: another trader or generation"); },
                                 [this](bool ready) { context_.health.set("strategies", ready); },
                                 [this](const std::string& market, trading::GapCause cause) {
                                   context_.metrics
                                       .counter(metric::kCandleGaps,
                                                {{"market", market}, {"cause", to_string(cause)}})
                                       .add();
                                 }};
  const bool is_held = must_hold_strategy();
  for (const auto& market : context_.markets) {
    loop.runners.push_back(make_runner(market, active, is_held));
  }
  for (const auto& market : settings.strategy.markets) {
    loop.priorities[market.code] = static_cast<double>(market.priority);
  }
  loop_ = std::make_unique<trading::CloseLoop>(std::move(loop));
}

// Page 90: after a crash inside its code, and, whatever crashed, after two within ten minutes (safe
// mode). The guardian keeps the stops meanwhile.
bool DecisionPath::must_hold_strategy() const {
  const std::string& sha256 = context_.plugins.strategy().sha256;
  const bool blamed = context_.black_box.blames(sha256);
  if (!blamed && !context_.black_box.has_crashed_twice(context_.clock.now(), kSafeModeSpan)) {
    return false;
  }
  log_critical("strategy_held", {{"sha256", sha256},
                                 {"reason", blamed ? "its code crashed an earlier process"
                                                   : "safe mode after two crashes"},
                                 {"to_end_it", "everbitd reads its settings again on SIGHUP"}});
  return true;
}

std::unique_ptr<trading::StrategyRunner> DecisionPath::make_runner(
    const std::string& market, const trading::ActiveStrategy& active, bool is_held) {
  const config::StrategySettings& strategy = context_.settings.strategy;
  plugins::InstanceOptions options;
  options.name = strategy.key + " " + market;
  options.strategy_key = strategy.key;
  options.market = market;
  options.mode = context_.mode == trading::Mode::kReal ? EB_MODE_REAL : EB_MODE_PAPER;
  options.signal_s = seconds_of(strategy.timeframe);
  options.macro_s = seconds_of(strategy.macro_timeframe);
  options.long_s = seconds_of(strategy.long_timeframe);
  options.params.assign(strategy.params.begin(), strategy.params.end());
  options.clock = &context_.clock;
  options.strand = plugins::make_asio_strand(context_.strands.context());
  return std::make_unique<trading::StrategyRunner>(trading::StrategyRunner::Parts{
      context_.pool,
      reader_,
      context_.plugins.strategy(),
      std::move(options),
      {context_.owner, context_.mode, strategy.key, market, strategy.timeframe.text()},
      active,
      context_.instance,
      is_held});
}

}  // namespace everbit

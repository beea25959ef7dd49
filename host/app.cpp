#include "app.h"

#include "api/backtest_endpoints.h"
#include "api/exit_endpoints.h"
#include "api/kill_switch_endpoints.h"
#include "api/market_endpoints.h"
#include "api/order_endpoints.h"
#include "api/push_endpoints.h"
#include "api/reconcile_endpoint.h"
#include "api/status_endpoint.h"
#include "base/log.h"
#include "base/metric_names.h"
#include "config/load.h"
#include "config/plugins_lock.h"
#include "config/reload.h"
#include "ops/process.h"
#include "ops/systemd.h"
#include "store/installation.h"
#include "store/maintenance.h"
#include "store/migrations.h"

namespace everbit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kStartBudget{15};
constexpr seconds kDrainBudget{20};
constexpr milliseconds kTurn{500};
constexpr seconds kMeasureEvery{5};
constexpr seconds kTrimEvery{30};
constexpr int kRetentionDays = 30;

constexpr store::Sql kOwnerPublicId{R"sql(SELECT public_id FROM app_user WHERE id = $1)sql"};

// Measurements of a bus that Prometheus shows; the names are those of page 20.
const MetricName* metric_of(std::string_view name) {
  for (const MetricName* metric : {&metric::kOutboxPending, &metric::kOutboxProcessing,
                                   &metric::kOutboxDead, &metric::kOutboxOldest}) {
    if (name == metric->name) return metric;
  }
  return nullptr;
}

std::string_view stream_of(const events::Bus::Labels& labels) {
  for (const auto& [key, value] : labels) {
    if (key == "stream") return value;
  }
  return "";
}

}  // namespace

App::App(config::Settings settings, Source source)
    : settings_(std::move(settings)), source_(std::move(source)), instance_(Uuid::make_v4()) {}

App::~App() { drain(); }

Result<std::unique_ptr<App>> App::build(config::Settings settings, Source source) {
  std::unique_ptr<App> app(new App(std::move(settings), std::move(source)));
  // The black box last of what is opened: a start that is refused leaves nothing in data.dir.
  for (const auto step : {&App::open_ops, &App::open_store, &App::open_redis, &App::load_plugins,
                          &App::open_black_box, &App::start_roles, &App::open_admin}) {
    if (auto done = (app.get()->*step)(); !done) return done.error();
  }
  return app;
}

Result<void> App::open_ops() {
  ops::OpsListenerOptions options;
  options.listen = settings_.ops.listen;
  options.hosts = settings_.ops.hosts;
  // Not ready between two parts of the start, when every check known so far happens to be good.
  for (const auto* check : {"started", "database"}) health_.expect(check);
  auto listener =
      ops::OpsListener::start(std::move(options), health_, [this] { return metrics_.text(); });
  if (!listener) return listener.error();
  listener_ = std::move(*listener);
  metrics_.gauge(metric::kBuildInfo, {{"version", EVERBIT_VERSION}}).set(1);
  watchdog_ = std::make_unique<ops::ProgressWatchdog>(clock_, settings_.watchdog.stall,
                                                      [] { ops::notify_watchdog(); });
  log_info("ops_listening", {{"port", listener_->port()}});
  return {};
}

Result<void> App::open_store() {
  store::PoolSettings pool;
  pool.connect.dsn = std::string(settings_.database.url.reveal());
  pool.connect.application_name = "everbitd";
  pool.max_connections = static_cast<std::size_t>(settings_.database.pool_size);
  const Deadline deadline = Deadline::after(kStartBudget);
  if (auto checked = store::check_schema(pool.connect, deadline); !checked) return checked.error();
  pool_ = std::make_unique<store::Pool>(std::move(pool));
  auto owner = store::ensure_owner(*pool_, clock_, deadline);
  if (!owner) return owner.error();
  owner_ = *owner;
  auto row = pool_->exec(deadline, kOwnerPublicId, owner_);
  if (!row) return row.error();
  owner_public_id_ = row->front().get<Uuid>(0);
  auto maintained = store::maintain(*pool_, kRetentionDays, deadline);
  if (!maintained) return maintained.error();
  // The trader's own lock holds its instance; other roles need one to keep their lanes.
  if (!settings_.has_role(config::Role::kTrader)) {
    auto lock = store::InstanceLock::take(pool_->connect_settings(), instance_, deadline);
    if (!lock) return lock.error();
    instance_lock_ = std::move(*lock);
  }
  health_.set("database", true);
  return {};
}

// Redis may be silent at the start: what needs it says so and goes on without.
Result<void> App::open_redis() {
  if (settings_.redis.url.empty()) return {};
  auto address = redis::parse_address(settings_.redis.url.reveal());
  if (!address) return Error(address.error().code, address.error().message, "redis.url");
  redis::ClientSettings redis;
  redis.address = std::move(*address);
  budget_ = std::make_unique<net::SharedBudget>(std::move(redis));
  return {};
}

Result<void> App::open_black_box() {
  auto opened = plugins::BlackBox::open(settings_.data.dir / "crashes");
  if (!opened) return Error(opened.error().code, opened.error().message, "data.dir");
  black_box_ = std::move(*opened);
  for (const plugins::Crash& crash : black_box_->crashes()) {
    log_error("crashed_before", {{"at", crash.at.to_iso()},
                                 {"signal", crash.signal},
                                 {"plugin", crash.instance},
                                 {"sha256", crash.sha256},
                                 {"callback", crash.callback}});
  }
  return {};
}

Result<void> App::load_plugins() {
  io_.start();
  strands_.start();
  auto loaded = PluginSet::load(settings_, instance_.to_string(), clock_, strands_);
  if (!loaded) return loaded.error();
  plugins_ = std::move(*loaded);
  return {};
}

Result<void> App::start_roles() {
  switchboard_ = std::make_unique<Switchboard>(
      Switchboard::Parts{settings_, clock_, *pool_, owner_, owner_public_id_, plugins_->bus()});
  if (settings_.has_role(config::Role::kTrader)) {
    auto trader =
        Trader::build({settings_, clock_, *pool_, owner_, owner_public_id_, instance_, *plugins_,
                       *black_box_, *switchboard_, budget_.get(), io_, strands_, health_,
                       *watchdog_, metrics_, [this](const std::string& reason) {
                         log_critical("fatal", {{"reason", reason}});
                         health_.set_dead(reason);
                         fatal_.store(true);
                       }});
    if (!trader) return trader.error();
    trader_ = std::move(*trader);
  }
  if (settings_.has_role(config::Role::kNotifier) || settings_.has_role(config::Role::kApi)) {
    auto started =
        NotifierRole::start({settings_, clock_, *pool_, owner_, plugins_->bus(), io_, strands_});
    if (!started) return started.error();
    notifications_ = std::move(*started);
  }
  if (settings_.has_role(config::Role::kBacktest)) {
    auto started = BacktestRole::start({settings_, clock_, *pool_, owner_, owner_public_id_,
                                        plugins_->bus(), trader_ ? &trader_->gateway() : nullptr});
    if (!started) return started.error();
    backtests_ = std::move(*started);
  }
  return {};
}

// The trader's: what other roles and the command line want of trading, they ask it.
Result<void> App::open_admin() {
  if (!trader_) return {};
  api::Router router;
  trading::KillSwitch& kill_switch = switchboard_->kill_switch();
  const std::string mode_text(config::to_string(settings_.mode));
  const trading::Mode mode = *trading::parse_mode(mode_text);
  api::add_kill_switch_endpoints(router, kill_switch);
  api::add_status_endpoint(router, *pool_, kill_switch, mode_text);
  api::add_exit_endpoints(router, trader_->owner_exits(), kill_switch);
  api::add_order_endpoints(router, *pool_, trader_->outbox(), owner_, mode);
  api::add_market_endpoints(
      router, *pool_, owner_, mode,
      [trader = trader_.get()](const std::string& market) { return trader->last_price(market); });
  api::add_reconcile_endpoint(
      router,
      [trader = trader_.get()](trading::ReconcileScope scope, const std::string& by) {
        return trader->request_reconcile(scope, by);
      },
      kill_switch);
  if (notifications_) {
    api::add_push_endpoints(
        router,
        {notifications_->plugin(), notifications_->subscriptions(), notifications_->sender(),
         clock_, notifications_->vapid_public_key(), notifications_->vapid_key_id()});
  }
  if (backtests_) {
    api::add_backtest_endpoints(
        router, backtests_->jobs(),
        [this] { return backtests_->jobs().active_strategy(settings_.strategy.key); },
        [this](const std::string& sha256) {
          const auto loaded = config::PluginsLock::load(settings_.plugins.lock);
          const auto* listed = loaded.lock.find_sha256(sha256);
          return listed != nullptr && listed->kind == "strategy";
        });
  }
  const auto path = settings_.admin_socket();
  auto opened = api::AdminSocket::open(path, std::move(router));
  if (!opened) return Error(opened.error().code, opened.error().message, "admin.socket");
  admin_ = std::move(*opened);
  log_info("admin_listening", {{"socket", path.string()}});
  return {};
}

int App::run(ops::ProcessSignals& signals) {
  if (const auto timeout = ops::watchdog_timeout()) watchdog_->start(*timeout / 3);
  health_.set("started", true);
  ops::notify_ready("trading");
  log_info("started",
           {{"instance", instance_.to_string()}, {"mode", config::to_string(settings_.mode)}});
  SteadyTime measure_at = clock_.steady_now();
  SteadyTime trim_at = measure_at + kTrimEvery;
  while (!fatal_.load()) {
    const auto signal = signals.wait(Deadline::after(kTurn));
    if (signal == ops::ProcessSignal::kStop) break;
    if (signal == ops::ProcessSignal::kReload) reload();
    if (clock_.steady_now() >= measure_at) {
      measure();
      measure_at = clock_.steady_now() + kMeasureEvery;
    }
    if (clock_.steady_now() >= trim_at) {
      ops::trim_heap();
      trim_at = clock_.steady_now() + kTrimEvery;
    }
  }
  ops::notify_stopping("draining");
  log_info("stopping");
  health_.set_stopping();
  drain();
  log_info("stopped");
  return fatal_.load() ? 1 : 0;
}

void App::reload() {
  ops::notify_reloading();
  auto loaded = config::load_settings(source_.file, source_.secrets);
  if (!loaded.settings) {
    for (const config::ConfigProblem& problem : loaded.problems) {
      log_error("settings_refused", {{"problem", config::to_string(problem)}});
    }
  } else {
    const config::ReloadPlan plan = config::plan_reload(settings_, *loaded.settings);
    for (const std::string& key : plan.restart) log_warn("setting_needs_restart", {{"key", key}});
    settings_ = config::apply_reload(settings_, *loaded.settings, plan);
    set_log_level(settings_.log.level);
    listener_->set_hosts(settings_.ops.hosts);
    end_quarantines();
    log_info("settings_reloaded", {{"changed", plan.running.size()}});
  }
  if (auto lock = plugins_->review_lock(settings_.plugins); !lock) {
    log_error("plugins_lock_refused", {{"problem", lock.error().message}});
  }
  ops::notify_ready("trading");
}

// A reload is the owner's word: what broke may try again.
void App::end_quarantines() {
  if (auto forgiven = black_box_->forgive(); !forgiven) {
    log_error("crashes_not_forgiven", {{"error", to_string(forgiven.error())}});
  }
  if (trader_) trader_->end_quarantines();
}

void App::measure() {
  measure_switch();
  const store::PoolStats pool = pool_->stats();
  metrics_.gauge(metric::kDatabasePool, {{"state", "idle"}}).set(static_cast<double>(pool.idle));
  metrics_.gauge(metric::kDatabasePool, {{"state", "used"}})
      .set(static_cast<double>(pool.open - pool.idle));
  metrics_.gauge(metric::kDatabasePool, {{"state", "waiting"}})
      .set(static_cast<double>(pool.waiting));
  metrics_.gauge(metric::kLogDropped).set(static_cast<double>(log_dropped()));
  if (budget_) {
    const redis::ClientStats redis = budget_->stats();
    metrics_.gauge(metric::kRedisUp).set(budget_->is_silent() ? 0 : 1);
    metrics_.gauge(metric::kRedisPool, {{"state", "idle"}}).set(static_cast<double>(redis.idle));
    metrics_.gauge(metric::kRedisPool, {{"state", "used"}})
        .set(static_cast<double>(redis.open - redis.idle));
    metrics_.gauge(metric::kRedisPool, {{"state", "waiting"}})
        .set(static_cast<double>(redis.waiting));
  }
  auto measured = plugins_->bus().stats(
      [this](std::string_view name, const events::Bus::Labels& labels, double value) {
        const MetricName* metric = metric_of(name);
        if (metric != nullptr) metrics_.gauge(*metric, {{"stream", stream_of(labels)}}).set(value);
      });
  health_.set("database", measured.has_value());
}

void App::measure_switch() {
  const trading::SwitchView view = switchboard_->kill_switch().view();
  metrics_.gauge(metric::kKillSwitch, {{"scope", "account"}, {"strategyKey", ""}})
      .set(view.position == AccountPosition::kOn ? 1 : 0);
  for (const auto& strategy : view.strategies) {
    metrics_.gauge(metric::kKillSwitch, {{"scope", "strategy"}, {"strategyKey", strategy.key}})
        .set(strategy.enabled ? 1 : 0);
  }
}

void App::drain() {
  const Deadline deadline = Deadline::after(kDrainBudget);
  admin_.reset();
  // Its candles come by the trader's way to the exchange.
  if (backtests_) backtests_->stop(deadline);
  backtests_.reset();
  if (trader_) trader_->stop(deadline);
  if (notifications_) notifications_->stop(deadline);
  notifications_.reset();
  trader_.reset();
  switchboard_.reset();
  plugins_.reset();
  if (watchdog_) watchdog_->stop();
  io_.stop();
  strands_.stop();
}

}  // namespace everbit

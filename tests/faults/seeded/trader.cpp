#include "faults/seeded/trader.h"

#include <utility>

#include "base/crash_point.h"
#include "trading/market/candle.h"
#include "trading/market/candle_reader.h"
#include "trading/portfolio/private_messages.h"
#include "trading/reconcile/reconciler.h"
#include "trading/settlement/attempt_settlement.h"
#include "trading/settlement/lost_commands.h"
#include "trading/transient.h"

namespace everbit::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPeriod{30};
constexpr seconds kBudget{5};
constexpr const char* kTag = "seeded";

constexpr store::Sql kAsOf{R"sql(SELECT as_of FROM strategy_state)sql"};
constexpr store::Sql kHeld{R"sql(
  SELECT coalesce((SELECT quantity FROM position WHERE status = 'OPEN'), 0))sql"};

std::vector<net::RateGroup> plenty() {
  return {{"default", net::RateSide::kExchange, 100'000},
          {"order", net::RateSide::kExchange, 100'000}};
}

const net::Origin& origin() {
  static const net::Origin one{false, "127.0.0.1", 1};
  return one;
}

}  // namespace

struct Trader::Body {
  explicit Body(Trader& self);

  trading::Outbox outbox;
  trading::OrderRecorder recorder;
  trading::OutcomeWriter outcomes;
  trading::FillBook fills;
  trading::OrderSync orders;
  trading::OrderReader order_reader;
  trading::Balances balances;
  trading::Executor executor;
  trading::AttemptSettlement settlement;
  trading::LostCommands lost_commands;
  trading::Reconciler reconciler;
  trading::PrivateMessages messages;
  CommandTaker commands;
  trading::CandleReader reader;
  plugins::LoadedPlugin no_plugin;
  trading::StrategyRunner runner;
  trading::IntentWriter writer;
  std::shared_ptr<ExchangeModel::Stream> stream;
};

namespace {

trading::WriterSettings writer_settings() {
  trading::WriterSettings settings;
  settings.fee_rate = Decimal::of("0.0005");
  settings.min_total = Decimal::of("5000");
  return settings;
}

trading::ExecutionSettings execution_settings() {
  trading::ExecutionSettings settings;
  settings.signal_period = kPeriod;
  return settings;
}

}  // namespace

Trader::Body::Body(Trader& self)
    : outbox(self.around_.bus, self.around_.clock, self.around_.database.owner_public_id()),
      recorder({outbox, self.around_.database.owner(), trading::Mode::kReal, kTag}),
      outcomes({recorder,
                outbox,
                self.exchange_clock_,
                self.around_.clock,
                self.around_.database.owner(),
                kTag,
                {5, kPeriod}}),
      fills({outbox, self.around_.database.owner(), trading::Mode::kReal, Decimal::of("5000")}),
      orders({self.around_.database.pool(), recorder, fills, outbox, self.around_.database.owner(),
              trading::Mode::kReal, self.instance_}),
      order_reader({self.gateway_, orders}),
      balances(self.around_.database.pool(), self.around_.database.owner(), trading::Mode::kReal),
      executor({self.around_.database.pool(), self.gateway_, self.wire_, outcomes, outbox,
                self.account_switch_, self.exchange_clock_, self.around_.clock,
                self.around_.database.owner(), self.instance_, self.key_usable_, self.stopping_,
                execution_settings()}),
      settlement({self.around_.database.pool(), self.gateway_, *self.ledger_, outcomes, orders,
                  outbox, self.around_.clock, self.around_.database.owner(), trading::Mode::kReal,
                  self.instance_, trading::SettlementSettings{}}),
      lost_commands({self.around_.database.pool(), self.exchange_clock_,
                     self.around_.database.owner(), trading::Mode::kReal, self.instance_, kPeriod,
                     [this](const Uuid& attempt) { return executor.settle_dead(attempt); }}),
      reconciler({self.around_.database.pool(), self.gateway_, order_reader, balances, outbox,
                  self.exchange_clock_, self.around_.clock, self.around_.database.owner(),
                  trading::Mode::kReal, self.instance_, seconds(60),
                  [this] { settlement.look_up_now(); }, [&self] { self.reconciled_ = true; },
                  [&self] { self.around_.scheduler.die(); }}),
      messages({self.gateway_, orders, order_reader, balances, self.exchange_clock_,
                self.around_.clock, [&self](const std::string&) { self.stream_refused_ = true; },
                [this] { reconciler.request_all(); }}),
      commands({self.around_.scheduler, self.around_.choices, self.around_.database,
                self.around_.bus, executor, self.around_.left_behind, self.around_.chaos,
                self.around_.broken}),
      reader(self.gateway_),
      runner({self.around_.database.pool(),
              reader,
              no_plugin,
              plugins::InstanceOptions{},
              {self.around_.database.owner(), trading::Mode::kReal, "FOLLOWER", kMarket, "1m"},
              {1, std::string(64, 'a'), 1, "1.0.0"},
              self.instance_}),
      writer({self.around_.database.pool(), outbox, self.around_.clock, self.instance_, kTag,
              self.account_switch_, writer_settings()}) {}

std::unique_ptr<Trader> Trader::start(Surroundings& around, Scheduler::Process process,
                                      const std::filesystem::path& machine) {
  const Uuid instance = Uuid::make_v4();
  auto lock =
      store::TraderLock::take(around.database.pool().connect_settings(), around.database.owner(),
                              instance, store::current_boot_id().value(), Deadline::after(kBudget));
  if (!lock) return nullptr;
  auto ledger = net::SendLedger::open(machine / "send.ledger", instance, around.clock);
  if (!ledger) return nullptr;
  return std::unique_ptr<Trader>(
      new Trader(around, process, instance, std::move(*lock), std::move(*ledger)));
}

Trader::Trader(Surroundings& around, Scheduler::Process process, Uuid instance,
               store::TraderLock lock, std::unique_ptr<net::SendLedger> ledger)
    : around_(around),
      process_(process),
      instance_(instance),
      lock_(std::make_unique<store::TraderLock>(std::move(lock))),
      ledger_(std::move(ledger)),
      wire_({around.scheduler, around.choices, around.exchange, around.clock, *ledger_,
             around.chaos, process, around.claims, around.owner_switch, around.journal,
             around.broken}),
      limiter_(around.clock, around.io.executor(), plenty()),
      gateway_({around.codec,
                wire_,
                limiter_,
                around.clock,
                origin(),
                around.io.executor(),
                {Secret(kAccessKey), Secret(kSecretKey)}}),
      account_switch_(around.clock),
      exchange_clock_(around.clock),
      body_(std::make_unique<Body>(*this)) {
  refresh();
  for (const auto loop : {&Trader::trade_candles, &Trader::execute_commands, &Trader::follow_feed,
                          &Trader::settle, &Trader::reconcile, &Trader::supervise}) {
    around.scheduler.spawn(process, [this, loop] { (this->*loop)(); });
  }
}

Trader::~Trader() = default;

void Trader::refresh() {
  account_switch_.update(around_.owner_switch.reading(), around_.clock.steady_now());
}

void Trader::pause(milliseconds quick) {
  around_.scheduler.sleep(around_.chaos ? quick : quick * 2);
}

// The close loop: each candle's transaction, in order, none before the former is stored.
void Trader::trade_candles() {
  for (;;) {
    auto row = around_.database.pool().exec(Deadline::after(kBudget), kAsOf);
    const Timestamp as_of = row.value().front().get<Timestamp>(0);
    const Timestamp close = as_of + kPeriod;
    if (close >= around_.first_close + kPeriod * around_.candles) return;
    if (around_.clock.now() < close) {
      around_.scheduler.sleep(
          std::chrono::ceil<milliseconds>(std::chrono::nanoseconds(close - around_.clock.now())));
      continue;
    }
    if (!write_candle(as_of)) pause(milliseconds(200));
  }
}

bool Trader::write_candle(Timestamp from) {
  auto held = around_.database.pool().exec(Deadline::after(kBudget), kHeld);
  trading::Evaluation one;
  one.from = from;
  one.to = from + kPeriod;
  const Decimal price = Decimal::of(std::to_string(around_.exchange.price()));
  one.candle =
      trading::make_candle(one.from.ns(), 30, price, price, price, price, Decimal::of("1"));
  one.state = {"follower", 1, "state"};
  one.decision.strength = 1;
  // One candle in four says nothing.
  const bool quiet = (one.to.ns() / 30'000'000'000) % 4 == 3;
  if (!quiet && held.value().front().get<Decimal>(0).is_positive()) {
    one.decision.action = EB_ACTION_SELL;
    one.decision.intent = EB_INTENT_EXIT_TP;
    one.decision.all = true;
  } else if (!quiet) {
    one.decision.action = EB_ACTION_BUY;
    one.decision.intent = EB_INTENT_ENTRY;
    one.decision.amount = Decimal::of("100000");
  }
  const bool fresh = around_.clock.now() - one.to <= kPeriod;
  auto written = body_->writer.write({body_->runner, one, true, fresh, true, true,
                                      key_usable_.load(), "4bf92f3577b34da6a3ce929d0e0e4736"});
  if (!written && written.error().code == "FENCED") around_.scheduler.die();
  return written.has_value();
}

// None before the first comparison with the exchange, and none while nobody knows the switch.
void Trader::execute_commands() {
  for (;;) {
    if (!reconciled_ || !body_->commands.take()) pause(milliseconds(1000));
  }
}

void Trader::follow_feed() {
  for (;;) {
    if (open_stream()) follow_stream();
    body_->stream.reset();
    around_.scheduler.sleep(milliseconds(1000));
  }
}

bool Trader::open_stream() {
  auto handshake = gateway_.ws_handshake(plugins::Channel::kPrivate).value();
  plugins::Subscription subscription;
  subscription.streams = EB_STREAM_ORDER | EB_STREAM_ASSET;
  subscription.ticket = "seeded";
  std::vector<net::HttpHeader> headers;
  for (auto& field : handshake.headers) headers.push_back({field.name, field.value});
  body_->stream = around_.exchange.connect(
      headers, around_.codec.ws_subscribe(plugins::Channel::kPrivate, subscription).value());
  stream_refused_ = false;
  return body_->stream != nullptr;
}

// Messages come late, twice and in another order; what was lost with its connection is found by the
// next one's reading, and by reconcile.
void Trader::follow_stream() {
  auto& inbox = body_->stream->inbox;
  const bool& chaos = around_.chaos;
  crash_point(CrashPoint::kFeedOpened);
  body_->messages.connected();
  while (!stream_refused_) {
    body_->messages.look_at_doubts();
    if (inbox.empty()) {
      pause(milliseconds(200));
      continue;
    }
    if (chaos && inbox.size() > 1 && around_.choices.one_in(8)) std::swap(inbox[0], inbox[1]);
    const std::string text = inbox.front();
    inbox.pop_front();
    if (chaos && around_.choices.one_in(10)) inbox.push_back(text);
    if (chaos && around_.choices.one_in(25)) return;
    if (chaos && around_.choices.one_in(15)) continue;
    crash_point(CrashPoint::kMessageTaken);
    auto frame = around_.codec.ws_decode(plugins::Channel::kPrivate, text);
    if (!frame) return;
    body_->messages.apply(frame->found);
  }
}

void Trader::settle() {
  for (int turn = 0;; ++turn) {
    body_->settlement.turn();
    if (turn % 2 == 0) body_->lost_commands.look();
    pause(milliseconds(1000));
  }
}

void Trader::reconcile() {
  for (;;) {
    body_->reconciler.turn();
    pause(milliseconds(1000));
  }
}

// Is this process still the trader?
void Trader::supervise() {
  for (;;) {
    around_.scheduler.sleep(milliseconds(3000));
    if (!lock_->check(Deadline::after(kBudget))) around_.scheduler.die();
  }
}

}  // namespace everbit::faults

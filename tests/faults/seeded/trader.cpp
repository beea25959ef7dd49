#include "faults/seeded/trader.h"

#include <deque>
#include <utility>

#include "base/crash_point.h"
#include "trading/market/candle.h"
#include "trading/market/candle_reader.h"
#include "trading/settlement/attempt_settlement.h"
#include "trading/settlement/lost_commands.h"
#include "trading/transient.h"

namespace everbit::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using trading::FillSource;

constexpr seconds kPeriod{30};
constexpr seconds kBudget{5};
constexpr const char* kTag = "seeded";

constexpr store::Sql kCommand{R"sql(
  SELECT q.event_id, e.payload_json -> 'payload' ->> 'attemptPublicId'
  FROM (SELECT event_id, id FROM outbox_queue
        UNION ALL SELECT event_id, id FROM outbox_delayed WHERE ready_at <= now()) q
  JOIN outbox_event e USING (event_id)
  WHERE e.stream = 'everbit.trade.command' ORDER BY q.id LIMIT 1)sql"};
constexpr store::Sql kDoneNow{R"sql(DELETE FROM outbox_queue WHERE event_id = $1)sql"};
constexpr store::Sql kDoneLater{R"sql(DELETE FROM outbox_delayed WHERE event_id = $1)sql"};
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
  trading::Executor executor;
  trading::AttemptSettlement settlement;
  trading::LostCommands lost_commands;
  trading::CandleReader reader;
  plugins::LoadedPlugin no_plugin;
  trading::StrategyRunner runner;
  trading::IntentWriter writer;
  std::shared_ptr<ExchangeModel::Stream> stream;
  std::deque<std::pair<SteadyTime, std::string>> doubts;
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
              trading::Mode::kReal}),
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
             around.chaos}),
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
                          &Trader::settle, &Trader::supervise}) {
    around.scheduler.spawn(process, [this, loop] { (this->*loop)(); });
  }
}

Trader::~Trader() = default;

void Trader::refresh() {
  trading::SwitchReading reading;
  reading.version = 1;
  reading.row.account = AccountPosition::kOn;
  reading.row.enabled_strategies = {"FOLLOWER"};
  reading.known_strategies = {"FOLLOWER"};
  account_switch_.update(reading, around_.clock.steady_now());
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

// The bus: at least once, the oldest first.
void Trader::execute_commands() {
  for (;;) {
    auto rows = around_.database.pool().exec(Deadline::after(kBudget), kCommand);
    if (!rows || rows->empty()) {
      pause(milliseconds(600));
      continue;
    }
    handle_command(rows->front());
  }
}

void Trader::handle_command(const store::Row& row) {
  const std::string event = row.get<std::string>(0);
  const Uuid attempt = row.get<Uuid>(1);
  crash_point(CrashPoint::kCommandReceived);
  if (body_->executor.execute(attempt) == trading::Executor::Result::kLater) {
    pause(milliseconds(500));
    return;
  }
  // Now and then the verdict is lost, and the command comes again.
  if (around_.chaos && around_.choices.one_in(15)) return pause(milliseconds(100));
  for (const auto& done : {kDoneNow, kDoneLater}) {
    (void)around_.database.pool().exec(Deadline::after(kBudget), done, event).value();
  }
  crash_point(CrashPoint::kEventSettled);
}

void Trader::follow_feed() {
  for (;;) {
    auto handshake = gateway_.ws_handshake(plugins::Channel::kPrivate).value();
    plugins::Subscription subscription;
    subscription.streams = EB_STREAM_ORDER | EB_STREAM_ASSET;
    subscription.ticket = "seeded";
    std::vector<net::HttpHeader> headers;
    for (auto& field : handshake.headers) headers.push_back({field.name, field.value});
    body_->stream = around_.exchange.connect(
        headers, around_.codec.ws_subscribe(plugins::Channel::kPrivate, subscription).value());
    crash_point(CrashPoint::kFeedOpened);
    read_everything();
    while (body_->stream) {
      auto& inbox = body_->stream->inbox;
      if (!body_->doubts.empty() && body_->doubts.front().first <= around_.clock.steady_now()) {
        const std::string uuid = body_->doubts.front().second;
        body_->doubts.pop_front();
        read_order(uuid);
      }
      if (inbox.empty()) {
        pause(milliseconds(200));
        continue;
      }
      if (around_.chaos && inbox.size() > 1 && around_.choices.one_in(8)) {
        std::swap(inbox[0], inbox[1]);
      }
      const std::string text = inbox.front();
      inbox.pop_front();
      if (around_.chaos && around_.choices.one_in(10)) inbox.push_back(text);
      // What was lost with its connection is found by the next one's reading.
      if (around_.chaos && around_.choices.one_in(25)) break;
      crash_point(CrashPoint::kMessageTaken);
      apply_message(text);
    }
    body_->stream.reset();
    around_.scheduler.sleep(milliseconds(1000));
  }
}

void Trader::apply_message(const std::string& text) {
  auto frame = around_.codec.ws_decode(plugins::Channel::kPrivate, text);
  if (!frame) return;
  for (const plugins::Order& order : frame->found.orders) {
    std::vector<plugins::Fill> fills;
    for (const plugins::Fill& fill : frame->found.fills) {
      if (fill.order_uuid == order.uuid) fills.push_back(fill);
    }
    if (order.identifier.empty() && !body_->orders.knows(order.uuid).value()) {
      body_->doubts.emplace_back(around_.clock.steady_now() + seconds(2), order.uuid);
      continue;
    }
    (void)body_->orders.apply(order, fills, FillSource::kWebSocket).value();
  }
}

void Trader::read_everything() {
  for (const std::string& uuid : body_->orders.unfinished().value()) read_order(uuid);
}

void Trader::read_order(const std::string& uuid) {
  const auto answer =
      gateway_.read(plugins::ExchangeOp::kOrderGet, {{"uuid", uuid}}, net::RatePriority::kLookup);
  if (!answer.ok() || answer.decoded.found.orders.empty()) return;
  (void)body_->orders
      .apply(answer.decoded.found.orders[0], answer.decoded.found.fills, FillSource::kRest)
      .value();
}

void Trader::settle() {
  for (int turn = 0;; ++turn) {
    body_->settlement.turn();
    if (turn % 4 == 0) body_->lost_commands.look();
    if (turn % 20 == 19) read_everything();
    pause(milliseconds(500));
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

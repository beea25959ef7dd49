#include "integration/trading/queued_commands.h"

#include <algorithm>
#include <thread>

#include "net/send_once.h"
#include "store/transaction.h"

namespace everbit::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr store::Sql kAttempts{R"sql(
  SELECT id, public_id, market FROM order_attempt ORDER BY id)sql"};

// As the close loop would have left them: a signal, an entry and its first attempt in each market.
constexpr const char* kRows = R"sql(
  INSERT INTO market_config (owner_id, market, enabled)
  SELECT %1, 'KRW-Q' || i, true FROM generate_series(1, %2) i;
  INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe,
                      candle_close_time, side, reason_code, signal_json, config_version, generation,
                      sha256)
  SELECT overlay(gen_random_uuid()::text placing '7' from 15 for 1)::uuid, %1, 'EXTREME_FLIP', 'REAL',
         market, '15m', date_trunc('second', now()), 'BUY', 'FLIP', '{}', 1, 1, repeat('a', 64)
  FROM market_config WHERE market LIKE 'KRW-Q%';
  INSERT INTO order_intent (public_id, owner_id, mode, market, signal_id, intent_type, side,
                            strategy_key, strategy_generation, requested_krw)
  SELECT overlay(gen_random_uuid()::text placing '7' from 15 for 1)::uuid, %1, 'REAL', market, id,
         'ENTRY', 'BUY', 'EXTREME_FLIP', 1, 10000
  FROM signal WHERE market LIKE 'KRW-Q%';
  INSERT INTO order_attempt (public_id, owner_id, mode, market, order_intent_id, attempt_no,
                             identifier, request_json)
  SELECT a.public_id, %1, 'REAL', i.market, i.id, 1, 'eb-abc123-' || a.public_id,
         jsonb_build_object('market', i.market, 'side', 'bid', 'ord_type', 'best', 'price', '10000',
                            'time_in_force', 'fok', 'smp_type', 'cancel_taker',
                            'identifier', 'eb-abc123-' || a.public_id)
  FROM order_intent i,
       LATERAL (SELECT overlay(gen_random_uuid()::text placing '7' from 15 for 1)::uuid
                  AS public_id WHERE i.id > 0) a
  WHERE i.market LIKE 'KRW-Q%';
)sql";

std::string filled_in(std::string text, const std::string& owner, int count) {
  for (const auto& [mark, value] :
       {std::pair<std::string, std::string>{"%1", owner}, {"%2", std::to_string(count)}}) {
    for (std::size_t at; (at = text.find(mark)) != std::string::npos;) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

bool eventually(const std::function<bool()>& holds) {
  const Deadline patience = Deadline::after(seconds(90));
  while (!patience.expired()) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return holds();
}

}  // namespace

// Notes the moment at which the last gate lets a request through: its first byte comes next.
class QueuedCommands::NotingSender final : public net::OrderSender {
 public:
  NotingSender(net::HttpClient& http, net::SendLedger& ledger) : once_(http, ledger) {}

  net::HttpResult send_blocking(net::CreateOrderCall call) override {
    call.gate = [this, gate = std::move(call.gate)] {
      if (!gate()) return false;
      const std::lock_guard lock(mutex_);
      passed_.push_back(std::chrono::steady_clock::now());
      return true;
    };
    return once_.send_blocking(std::move(call));
  }
  std::vector<SteadyTime> passed() const {
    const std::lock_guard lock(mutex_);
    return passed_;
  }

 private:
  net::SendOnce once_;
  mutable std::mutex mutex_;
  std::vector<SteadyTime> passed_;
};

QueuedCommands::QueuedCommands(int count)
    : kill_switch_({rows_.pool(), rows_.owner(), flag_, state_, clock_, "EXTREME_FLIP"}),
      ledger_(net::SendLedger::open(folder_ / "send.ledger", rows_.instance(), clock_).value()),
      sender_(std::make_unique<NotingSender>(exchange_.http(), *ledger_)),
      recorder_({rows_.outbox(), rows_.owner(), trading::Mode::kReal, OrderRows::kTag}),
      outcomes_({recorder_,
                 rows_.outbox(),
                 exchange_clock_,
                 clock_,
                 rows_.owner(),
                 OrderRows::kTag,
                 {}}) {
  // Switched off, its limits would still be told, and learned.
  sim_.post("/settings", R"({"limits":{"order":100000}})");
  queue(count);
  watcher_ = std::make_unique<trading::ControlWatcher>(kill_switch_, state_);
  executor_ = std::make_unique<trading::Executor>(trading::Executor::Parts{
      rows_.pool(), exchange_.gateway(), *sender_, outcomes_, rows_.outbox(), flag_,
      exchange_clock_, clock_, rows_.owner(), rows_.instance(), key_usable_, stopping_,
      trading::ExecutionSettings{}});
}

QueuedCommands::~QueuedCommands() {
  if (consumer_) consumer_->stop(Deadline::after(seconds(20)));
  consumer_.reset();
  watcher_->stop();
}

void QueuedCommands::queue(int count) {
  rows_.sql(filled_in(kRows, std::to_string(rows_.owner().value()), count));
  auto tx = store::Transaction::begin(rows_.pool(), Deadline::after(seconds(60))).value();
  const auto attempts = tx.exec(kAttempts).value();
  for (const store::Row row : attempts) {
    rows_.outbox()
        .add(tx, {trading::kTradeCommands, "CreateOrderAttempt", "order_attempt",
                  row.get<std::int64_t>(0), row.get<std::string>(2), "EXTREME_FLIP", "",
                  "{\"attemptPublicId\":\"" + row.get<Uuid>(1).to_string() + "\"}", std::nullopt})
        .value();
  }
  if (!tx.commit().committed()) throw std::runtime_error("the commands are not queued");
}

void QueuedCommands::start() {
  consumer_ = trading::start_command_consumer(rows_.bus(), *executor_, flag_).value();
}

int QueuedCommands::sent() const { return static_cast<int>(sender_->passed().size()); }

bool QueuedCommands::wait_for_sent(int count) {
  return eventually([&] { return sent() >= count; });
}

bool QueuedCommands::wait_until_settled() {
  return eventually(
      [&] { return rows_.count("order_attempt WHERE status IN ('PREPARED', 'SENT')") == 0; });
}

std::chrono::nanoseconds QueuedCommands::silence_after(SteadyTime since) const {
  std::chrono::nanoseconds last{0};
  for (const SteadyTime passed : sender_->passed()) {
    if (passed > since) last = std::max(last, std::chrono::nanoseconds(passed - since));
  }
  return last;
}

int QueuedCommands::sent_between(SteadyTime start, SteadyTime end) const {
  return static_cast<int>(std::ranges::count_if(
      sender_->passed(), [&](SteadyTime passed) { return start < passed && passed <= end; }));
}

}  // namespace everbit::test

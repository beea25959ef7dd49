#include "trading/strategy/strategy_runner.h"

#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "plugins/black_box.h"
#include "plugins/watched_run.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

constexpr seconds kReadBudget{5};
constexpr std::uint32_t kMostHistory = 5000;

Timeframes timeframes_of(const plugins::InstanceOptions& options) {
  return {options.signal_s, options.macro_s, options.long_s};
}

// The candles with every period without a trade filled in, up to `until`.
std::vector<Candle> filled(const std::vector<Candle>& real, int timeframe_s, std::int64_t until) {
  std::vector<Candle> all;
  for (const Candle& candle : real) {
    while (!all.empty() && all.back().close_time < candle.open_time) {
      all.push_back(
          fill_candle(all.back().close_time, timeframe_s, all.back().close, all.back().close_f));
    }
    all.push_back(candle);
  }
  while (!all.empty() && all.back().close_time + timeframe_s * kNanosecondsPerSecond <= until) {
    all.push_back(
        fill_candle(all.back().close_time, timeframe_s, all.back().close, all.back().close_f));
  }
  return all;
}

}  // namespace

StrategyRunner::StrategyRunner(Parts parts)
    : parts_(std::move(parts)), timeframes_(timeframes_of(parts_.options)), engine_(timeframes_) {}

StrategyRunner::~StrategyRunner() {
  if (instance_) instance_->instance().close(Deadline::after(seconds(2)));
}

// A call that does not return holds the strand for good: the process ends, and starts anew. Orders
// are safe in that, positions keep what the database knows of them.
template <class F>
Result<void> StrategyRunner::on_strand(F&& task) {
  const auto result = std::make_shared<Result<void>>();
  plugins::Instance& instance = instance_->instance();
  if (!plugins::run_watched(instance, [&task, result] { *result = task(); })) {
    log_critical("strategy_does_not_return",
                 {{"market", parts_.key.market}, {"sha256", instance.sha256()}});
    plugins::accuse(instance);
    std::abort();
  }
  return *result;
}

Result<void> StrategyRunner::make_instance() {
  if (instance_) instance_->instance().close(Deadline::after(seconds(2)));
  instance_.reset();
  engine_ = CandleEngine(timeframes_);
  auto instance = plugins::StrategyInstance::create(parts_.plugin, parts_.options, true);
  if (!instance) return instance.error();
  instance_ = std::move(*instance);
  return {};
}

Result<void> StrategyRunner::prepare(Timestamp now) {
  parts_.is_held = false;
  ready_ = false;
  auto done = start_again(now);
  ready_ = done.has_value();
  return done;
}

Result<void> StrategyRunner::start_again(Timestamp now) {
  if (auto made = make_instance(); !made) return made.error();
  auto saved = load_state(parts_.pool, parts_.key);
  if (!saved) return saved.error();
  if (*saved) {
    auto resumed = resume(**saved, now);
    if (!resumed) return resumed.error();
    if (*resumed) return {};
    if (auto made = make_instance(); !made) return made.error();
  }
  return warm_up(now);
}

// False: the state cannot be gone on from, and a warm-up must take its place.
Result<bool> StrategyRunner::resume(const SavedState& saved, Timestamp now) {
  const auto missed = (now - saved.as_of) / period();
  auto wanted = instance_->history(EB_ROLE_SIGNAL);
  if (!wanted) return wanted.error();
  if (missed > static_cast<std::int64_t>(*wanted)) return false;
  auto loaded = on_strand([&]() -> Result<void> {
    if (auto done = instance_->load(saved.state); !done) return done.error();
    return instance_->start();
  });
  if (!loaded) {
    log_warn("state_not_loadable",
             {{"market", parts_.key.market}, {"error", to_string(loaded.error())}});
    return false;
  }
  // The engine itself is not stored: the candles of the long period that is running make it anew.
  const seconds long_period(timeframes_.long_s);
  const auto start =
      Timestamp::from_ns(period_start((saved.as_of - long_period).ns(), timeframes_.long_s));
  const auto most = static_cast<std::size_t>((saved.as_of - start) / period()) + 1;
  auto candles =
      parts_.reader.read(parts_.key.market, timeframes_.signal_s, start, saved.as_of, most);
  if (!candles) return candles.error();
  if (candles->empty()) return false;
  const auto ignore = [](std::int32_t, const Candle&) {};
  for (const Candle& candle : *candles) engine_.push(candle, ignore);
  while (next_open() < saved.as_of) engine_.fill(ignore);
  if (saved.generation != parts_.active.generation) {
    auto stored =
        store_state(parts_.pool, parts_.key, parts_.trader_instance, parts_.active, saved);
    if (!stored) return stored.error();
  }
  log_info("strategy_resumed", {{"market", parts_.key.market},
                                {"as_of", saved.as_of.to_iso()},
                                {"generation", parts_.active.generation}});
  return true;
}

Result<std::vector<StrategyRunner::Closed>> StrategyRunner::read_history(
    std::int32_t role, int timeframe_s, Timestamp now, std::vector<Candle>* real) const {
  auto wanted = instance_->history(role);
  if (!wanted) return wanted.error();
  const std::uint32_t count = std::min(*wanted, kMostHistory);
  std::vector<Closed> closed;
  if (count == 0 && real == nullptr) return closed;
  auto candles = parts_.reader.read(parts_.key.market, timeframe_s, Timestamp(), now,
                                    std::max<std::size_t>(count, 1));
  if (!candles) return candles.error();
  for (const Candle& candle : filled(*candles, timeframe_s, now.ns())) {
    closed.push_back({role, candle});
  }
  if (real != nullptr) *real = std::move(*candles);
  return closed;
}

Result<void> StrategyRunner::warm_up(Timestamp now) {
  const Timestamp last_close = now.floor_to(period());
  std::vector<Candle> signals;
  auto history = read_history(EB_ROLE_SIGNAL, timeframes_.signal_s, last_close, &signals);
  if (!history) return history.error();
  if (signals.empty()) return Error("NO_CANDLES", "the exchange has no candle of this market yet");
  for (const auto& [role, timeframe_s] :
       {std::pair{EB_ROLE_MACRO, timeframes_.macro_s}, {EB_ROLE_LONG, timeframes_.long_s}}) {
    auto more = read_history(role, timeframe_s, last_close, nullptr);
    if (!more) return more.error();
    history->insert(history->end(), more->begin(), more->end());
  }
  // In order of close; of those that close together the longest first.
  std::stable_sort(history->begin(), history->end(), [](const Closed& a, const Closed& b) {
    return std::pair(a.candle.close_time, -a.role) < std::pair(b.candle.close_time, -b.role);
  });
  const auto ignore = [](std::int32_t, const Candle&) {};
  for (const Candle& candle : signals) engine_.push(candle, ignore);
  while (next_open() < last_close) engine_.fill(ignore);
  if (auto learned = learn(*history); !learned) return learned.error();

  SavedState saved;
  auto kept = on_strand([&]() -> Result<void> {
    auto state = instance_->save();
    if (!state) return state.error();
    saved.state = std::move(*state);
    return {};
  });
  if (!kept) return kept.error();
  saved.as_of = next_open();
  auto stored = store_state(parts_.pool, parts_.key, parts_.trader_instance, parts_.active, saved);
  if (!stored) return stored.error();
  log_info("strategy_warmed_up", {{"market", parts_.key.market},
                                  {"candles", history->size()},
                                  {"as_of", saved.as_of.to_iso()},
                                  {"generation", parts_.active.generation}});
  return {};
}

Result<void> StrategyRunner::learn(const std::vector<Closed>& history) {
  return on_strand([&]() -> Result<void> {
    if (auto started = instance_->start(); !started) return started.error();
    for (const Closed& closed : history) {
      auto learned = instance_->learn(closed.role, closed.candle);
      if (!learned) return learned.error();
    }
    return {};
  });
}

Result<plugins::PositionView> StrategyRunner::view() {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kReadBudget));
  if (!tx) return tx.error();
  return load_position_view(*tx, parts_.key, period());
}

Result<Evaluation> StrategyRunner::evaluate(const std::optional<Candle>& candle,
                                            const plugins::CandleContext& context) {
  auto position = view();
  if (!position) return position.error();
  Evaluation evaluation;
  evaluation.from = next_open();
  evaluation.position = std::move(*position);
  std::vector<Closed> closed;
  const auto collect = [&](std::int32_t role, const Candle& one) { closed.push_back({role, one}); };
  if (candle) {
    engine_.push(*candle, collect);
  } else {
    engine_.fill(collect);
  }
  evaluation.candle = closed.back().candle;
  evaluation.to = Timestamp::from_ns(evaluation.candle.close_time);
  auto decided = on_strand([&]() -> Result<void> {
    for (const Closed& longer : std::span(closed).first(closed.size() - 1)) {
      if (auto learned = instance_->learn(longer.role, longer.candle); !learned) {
        return learned.error();
      }
    }
    auto decision =
        instance_->decide(evaluation.candle, evaluation.position, context, evaluation.decision);
    if (!decision) return decision.error();
    auto state = instance_->save();
    if (!state) return state.error();
    evaluation.state = std::move(*state);
    return {};
  });
  if (!decided) return decided.error();
  return evaluation;
}

}  // namespace everbit::trading

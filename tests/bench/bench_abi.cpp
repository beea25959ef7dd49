#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>

#include "plugins/loader.h"
#include "plugins/strategy/strategy_instance.h"
#include "virtual_strategy.h"

// What one candle_close costs when the strategy does nothing: through the host's wrapper (which
// checks, times, catches and copies), through the bare function table of the same loaded file, and
// through a C++ virtual function. Learn: the candle goes in, nothing comes out. Decide: one
// decision comes back through the sink.
namespace everbit::plugins {
namespace {

eb_candle one_candle() {
  eb_candle candle{};
  candle.open_time = 1'700'000'100'000'000'000;
  candle.close_time = candle.open_time + 900'000'000'000;
  candle.timeframe_s = 900;
  candle.open_f = candle.high_f = candle.low_f = candle.close_f = 50'000'000;
  return candle;
}

eb_candle_close one_event(bool decide, const eb_position_view* position) {
  eb_candle_close event{};
  event.head.size = sizeof event;
  event.head.type = EB_EVENT_CANDLE_CLOSE;
  event.role = EB_ROLE_SIGNAL;
  event.candle = one_candle();
  event.decide = decide ? 1 : 0;
  event.position = decide ? position : nullptr;
  return event;
}

// One running instance of the real file, on this thread.
class Loaded {
 public:
  Loaded() {
    LoaderOptions options;
    options.probe.program = EVERBIT_PROBE;
    Loader loader(options);
    InstanceOptions instance;
    instance.name = "bench";
    instance.strategy_key = "NOOP";
    instance.market = "KRW-BTC";
    instance.signal_s = 900;
    instance.macro_s = 14'400;
    instance.long_s = 86'400;
    instance.clock = &clock_;
    instance.strand = std::make_shared<DriverStrand>();
    strategy_ = StrategyInstance::create(loader.load_unlisted_strategy(EVERBIT_NOOP).value(),
                                         std::move(instance))
                    .value();
    strategy_->start().value();
  }

  StrategyInstance& strategy() { return *strategy_; }
  Instance& instance() { return strategy_->instance(); }
  const eb_strategy_v1& table() { return *instance().extension<eb_strategy_v1>(EB_EXT_STRATEGY); }
  void* self() {
    void* found = nullptr;
    instance().call_anywhere("self", [&](void* self_plug) {
      found = self_plug;
      return EB_OK;
    });
    return found;
  }

 private:
  SystemClock clock_;
  std::unique_ptr<StrategyInstance> strategy_;
};

void LearnVirtual(benchmark::State& state) {
  struct Deaf : bench::VirtualEar {
    bool decide(const eb_decision&) override { return false; }
  } ear;
  const auto strategy = bench::make_virtual_noop();
  const eb_candle_close event = one_event(false, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(strategy->candle_close(event, ear));
}
BENCHMARK(LearnVirtual);

void LearnBareTable(benchmark::State& state) {
  Loaded loaded;
  const eb_strategy_v1& table = loaded.table();
  void* self = loaded.self();
  const eb_decision_sink sink{sizeof(eb_decision_sink), 0, nullptr, nullptr, nullptr, nullptr};
  const eb_candle_close event = one_event(false, nullptr);
  for (auto _ : state) {
    if (table.candle_close(self, &event, &sink) != EB_OK) state.SkipWithError("refused");
  }
}
BENCHMARK(LearnBareTable);

// All that the host does around any callback, with nothing behind it.
void CallWithoutPlugin(benchmark::State& state) {
  Loaded loaded;
  Instance& instance = loaded.instance();
  for (auto _ : state) {
    const CallResult result = instance.call("nothing", [](void*) -> eb_status { return EB_OK; });
    if (!result.ok()) state.SkipWithError("refused");
  }
}
BENCHMARK(CallWithoutPlugin);

// The part of it that is the budget: the clock is read before and after each callback.
void TwoClockReads(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
  }
}
BENCHMARK(TwoClockReads);

void LearnThroughHost(benchmark::State& state) {
  Loaded loaded;
  const eb_candle candle = one_candle();
  for (auto _ : state) {
    if (!loaded.strategy().learn(EB_ROLE_SIGNAL, candle)) state.SkipWithError("refused");
  }
}
BENCHMARK(LearnThroughHost);

// Both plain sides copy what anybody would: the action and the reasons.
struct Taken {
  std::int32_t action = -1;
  std::int32_t reason = 0;
  void take(const eb_decision& from) {
    action = from.action;
    reason = from.reasons[0];
  }
};

void DecideVirtual(benchmark::State& state) {
  struct Ear : bench::VirtualEar {
    Taken taken;
    bool decide(const eb_decision& decision) override {
      taken.take(decision);
      return true;
    }
  } ear;
  eb_position_view position{};
  position.size = sizeof position;
  const auto strategy = bench::make_virtual_noop();
  const eb_candle_close event = one_event(true, &position);
  for (auto _ : state) {
    benchmark::DoNotOptimize(strategy->candle_close(event, ear));
    benchmark::DoNotOptimize(ear.taken);
  }
}
BENCHMARK(DecideVirtual);

void DecideBareTable(benchmark::State& state) {
  Loaded loaded;
  const eb_strategy_v1& table = loaded.table();
  void* self = loaded.self();
  Taken taken;
  eb_decision_sink sink{};
  sink.size = sizeof sink;
  sink.ctx_host = &taken;
  sink.decide = [](void* ctx, const eb_decision* decision) -> eb_status {
    static_cast<Taken*>(ctx)->take(*decision);
    return EB_OK;
  };
  eb_position_view position{};
  position.size = sizeof position;
  const eb_candle_close event = one_event(true, &position);
  for (auto _ : state) {
    if (table.candle_close(self, &event, &sink) != EB_OK) state.SkipWithError("refused");
    benchmark::DoNotOptimize(taken);
  }
}
BENCHMARK(DecideBareTable);

void DecideThroughHost(benchmark::State& state) {
  Loaded loaded;
  const eb_candle candle = one_candle();
  const PositionView position;
  Decision decision;
  for (auto _ : state) {
    if (!loaded.strategy().decide(candle, position, {}, decision)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(decision.action);
  }
}
BENCHMARK(DecideThroughHost);

}  // namespace
}  // namespace everbit::plugins

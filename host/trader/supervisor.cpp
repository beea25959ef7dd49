#include "trader/supervisor.h"

#include "base/log.h"
#include "base/metric_names.h"
#include "trader/market_meter.h"

namespace everbit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLookEvery{1};
constexpr milliseconds kNoticesStopEvery{100};
constexpr seconds kVerifyKeyEvery{10};
// Upbit has said no: what made it say so is seldom over within minutes.
constexpr seconds kVerifyRefusedEvery{300};
constexpr seconds kLockBudget{10};
constexpr seconds kMeasureEvery{5};
constexpr seconds kMeasureBudget{2};

}  // namespace

Supervisor::Supervisor(Parts parts)
    : parts_(std::move(parts)),
      verify_at_(parts_.context.clock.steady_now()),
      measure_at_(parts_.context.clock.steady_now()),
      thread_([this] { run(); }) {}

Supervisor::~Supervisor() { stop(); }

void Supervisor::stop() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Supervisor::run() {
  while (!stopping_.load()) {
    if (auto held = parts_.lock.check(Deadline::after(kLockBudget)); !held) {
      parts_.context.fatal("the trader lock is lost: " + to_string(held.error()));
      return;
    }
    look();
    for (auto slept = milliseconds(0); slept < kLookEvery && !stopping_.load();
         slept += kNoticesStopEvery) {
      std::this_thread::sleep_for(kNoticesStopEvery);
    }
  }
}

void Supervisor::look() {
  TraderContext& context = parts_.context;
  if (parts_.exchange.gateway().has_key() && !context.key_usable.load() &&
      context.clock.steady_now() >= verify_at_) {
    const bool refused = parts_.exchange.verify_key() == trading::KeyCheck::Verdict::kRefused;
    verify_at_ = context.clock.steady_now() + (refused ? kVerifyRefusedEvery : kVerifyKeyEvery);
  }
  parts_.look_at_profit();
  context.health.set("market_feed", parts_.market_feed_connected());
  context.health.set("private_feed", parts_.private_feed_connected());
  context.health.set("key", context.key_usable.load());
  measure();
}

void Supervisor::measure() {
  Metrics& metrics = parts_.context.metrics;
  for (const net::RateGroupState& group : parts_.exchange.rate_state()) {
    metrics.gauge(metric::kUpbitRemaining, {{"group", group.name}}).set(group.available);
  }
  const SteadyTime now = parts_.context.clock.steady_now();
  if (now < measure_at_) return;
  measure_at_ = now + kMeasureEvery;
  if (auto counted = parts_.attempts.look(Deadline::after(kMeasureBudget)); !counted) {
    log_warn("attempts_not_counted", {{"error", to_string(counted.error())}});
  }
  const TraderContext& context = parts_.context;
  if (auto shown =
          measure_markets(context.pool, context.owner, metrics, Deadline::after(kMeasureBudget));
      !shown) {
    log_warn("markets_not_measured", {{"error", to_string(shown.error())}});
  }
}

}  // namespace everbit

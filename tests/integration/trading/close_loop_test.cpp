#include "trading/pipeline/close_loop.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"
#include "plugins/loader.h"
#include "plugins/strand.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kMarket = "KRW-BTC";
constexpr seconds kPeriod{900};
// The strategy goes on from a state that is at most ten candles old.
constexpr int kMissed = 8;

bool eventually(const std::function<bool()>& holds) {
  const Deadline patience = Deadline::after(seconds(40));
  while (!patience.expired()) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return holds();
}

// Buys on a candle that closed above its open, sells on one that closed below.
const plugins::LoadedPlugin& follower() {
  static const plugins::LoadedPlugin plugin = [] {
    const char* build = std::getenv("EVERBIT_BUILD_DIR");
    const std::filesystem::path folder(build == nullptr ? "." : build);
    plugins::LoaderOptions options;
    options.probe.program = folder / "bin/everbit-plugin-probe";
    plugins::Loader loader(options);
    return loader.load_unlisted_strategy(folder / "tests/faults/strategy-follower.so").value();
  }();
  return plugin;
}

// A trader's close loop that was stopped for two hours while it held a position.
class AfterAStop : public testing::Test {
 protected:
  AfterAStop() {
    const auto entry = rows_.entry("10000", 4 * 3600);
    rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED'");
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED', created_at = now() - interval '4 h'");
    rows_.sql(
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
        "entry_intent_id, opened_at) VALUES (" +
        owner() + ", 'KRW-BTC', 'REAL', 'OPEN', 0.5, 100, 'EXTREME_FLIP', " +
        std::to_string(entry.intent.value()) + ", now() - interval '4 h')");
  }
  std::string owner() const { return std::to_string(rows_.owner().value()); }
  Timestamp stored() const {
    return Timestamp::parse(rows_.value("SELECT to_char(as_of AT TIME ZONE 'UTC', "
                                        "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM strategy_state"))
        .value();
  }
  // Close of the first missed candle that asks for the exit; nothing if none of the older ones
  // does.
  std::optional<Timestamp> first_exit() const {
    const auto candles = reader_.read(kMarket, 900, as_of_, as_of_ + kMissed * kPeriod, kMissed);
    for (const Candle& candle : candles.value()) {
      const auto close = Timestamp::from_ns(candle.close_time);
      if (close > as_of_ + (kMissed - 2) * kPeriod) return std::nullopt;
      if (from_abi(candle.close).value() < from_abi(candle.open).value()) return close;
    }
    return std::nullopt;
  }
  std::unique_ptr<CloseLoop> loop(CloseSettings settings = {}) {
    CloseLoop::Parts parts{rows_.pool(), reader_,
                           feed_,        exchange_clock_,
                           writer_,      guardian_,
                           {},           {},
                           key_usable_,  true,
                           settings,     [] { return false; },
                           [] {},        [this] { ++fenced_; },
                           [](bool) {},  [this](auto&, GapCause) { ++gaps_; }};
    plugins::InstanceOptions options;
    options.name = "loop " + std::to_string(++instances_);
    options.strategy_key = "EXTREME_FLIP";
    options.market = kMarket;
    options.mode = EB_MODE_REAL;
    options.signal_s = 900;
    options.macro_s = 3600;
    options.long_s = 14400;
    options.clock = &clock_;
    options.strand = plugins::make_asio_strand(io_.context());
    options.budget = budget_;
    options.on_quarantine = [this](std::string_view) { ++quarantined_; };
    parts.runners.push_back(std::make_unique<StrategyRunner>(
        StrategyRunner::Parts{rows_.pool(),
                              reader_,
                              follower(),
                              std::move(options),
                              {rows_.owner(), Mode::kReal, "EXTREME_FLIP", kMarket, "15m"},
                              {1, std::string(64, 'a'), 1, "1.0.0"},
                              rows_.instance()}));
    auto made = std::make_unique<CloseLoop>(std::move(parts));
    made->start();
    return made;
  }
  void run_until_the_stop();
  int exits() const { return rows_.count("order_intent WHERE side = 'SELL'"); }

  SystemClock clock_;
  test::OrderRows rows_;
  test::UpbitSim sim_{"demo"};
  test::ExchangeClient exchange_{sim_.rest()};
  net::IoThreads io_{1, "loop-test"};
  ExchangeClock exchange_clock_{clock_};
  CandleReader reader_{exchange_.gateway()};
  plugins::ExchangeCodec codec_ = test::upbit_codec();
  // Never started: there is no stream.
  MarketFeed feed_{{io_, {}, codec_, exchange_clock_, clock_, {kMarket}, 900}};
  TradingSwitch switch_{clock_};
  std::atomic<bool> key_usable_{true};
  HostExits exits_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner(), Mode::kReal,
                    rows_.instance(), test::OrderRows::kTag, switch_, true, true, key_usable_,
                    Decimal::of("5000"), [](const std::string&) { return std::nullopt; }}};
  IntentWriter writer_{
      {rows_.pool(), rows_.outbox(), clock_, rows_.instance(), test::OrderRows::kTag, switch_, {}}};
  Guardian guardian_{
      {rows_.pool(), reader_, exits_, rows_.outbox(), rows_.owner(), Mode::kReal, "15m", kPeriod}};
  Timestamp as_of_ = clock_.now().floor_to(kPeriod) - kMissed * kPeriod;
  int instances_ = 0;
  std::atomic<int> fenced_{0};
  std::atomic<int> gaps_{0};
  plugins::Budget budget_;
  std::atomic<int> quarantined_{0};
};

// What a loop leaves that ran until two hours ago.
void AfterAStop::run_until_the_stop() {
  {
    const auto running = loop();
    ASSERT_TRUE(eventually([&] { return rows_.count("strategy_state") == 1; }));
  }
  rows_.sql("UPDATE strategy_state SET as_of = '" + as_of_.to_iso() + "'");
}

TEST_F(AfterAStop, TheFirstExitGoesOutAndTheLaterCandlesWaitForItsEndAcrossAnotherStop) {
  io_.start();
  const auto exit = first_exit();
  if (!exit) GTEST_SKIP() << "the simulator's market did not fall in this time";
  run_until_the_stop();
  {
    const auto running = loop();
    ASSERT_TRUE(eventually([&] { return exits() == 1; }));
    EXPECT_EQ(stored(), *exit);
    std::this_thread::sleep_for(seconds(1));
    EXPECT_EQ(stored(), *exit) << "a later candle did not wait";
  }
  {
    const auto again = loop();
    std::this_thread::sleep_for(seconds(2));
    EXPECT_EQ(stored(), *exit) << "the second stop forgot the exit";
    EXPECT_EQ(exits(), 1);

    rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED' WHERE status = 'PREPARED'");
    rows_.sql(
        "UPDATE position SET status = 'FLAT', quantity = 0; "
        "UPDATE order_intent SET status = 'COMPLETED' WHERE status = 'CREATED'");
    EXPECT_TRUE(eventually([&] { return stored() >= as_of_ + kMissed * kPeriod; }));
  }
  EXPECT_EQ(rows_.count("order_intent i JOIN signal s ON s.id = i.signal_id WHERE i.side = 'BUY' "
                        "AND i.created_at > now() - interval '5 min' "
                        "AND s.created_at - s.candle_close_time > interval '15 min'"),
            0)
      << "an entry of a missed candle";
  EXPECT_EQ(rows_.count("signal WHERE side = 'BUY' AND created_at > now() - interval '5 min' AND "
                        "created_at - candle_close_time > interval '15 min' AND NOT "
                        "signal_json -> 'refusals' ? 'STALE_SIGNAL'"),
            0);
  EXPECT_EQ(rows_.value("SELECT count(*) = count(DISTINCT candle_close_time) AND count(*) >= " +
                        std::to_string(kMissed) + " FROM decision"),
            "t")
      << "each missed candle once, in order";
}

TEST_F(AfterAStop, WhatEachDecisionWasMadeOfIsRecorded) {
  io_.start();
  rows_.sql("UPDATE position SET status = 'FLAT', quantity = 0");
  run_until_the_stop();
  const auto running = loop();
  ASSERT_TRUE(eventually([&] { return rows_.count("decision_input") >= kMissed; }));
  EXPECT_EQ(rows_.value("SELECT count(*) FROM decision_input JOIN decision USING (owner_id, "
                        "strategy_key, mode, market, timeframe, candle_close_time)"),
            rows_.value("SELECT count(*) FROM decision_input"));
  EXPECT_EQ(rows_.value("SELECT bool_and(generation = 1 AND config_version = 1 AND sha256 = "
                        "repeat('a', 64)) FROM decision_input"),
            "t");
  // Who asked for an entry was ranked, with itself if with nobody else.
  EXPECT_EQ(rows_.value("SELECT bool_and((i.ranked = '{KRW-BTC}') = (s.side IS NOT NULL)) "
                        "FROM decision_input i LEFT JOIN signal s USING (owner_id, strategy_key, "
                        "mode, market, timeframe, candle_close_time)"),
            "t");
  EXPECT_GE(rows_.count("strategy_state_daily"), 1) << "the state of the warm-up";
}

TEST_F(AfterAStop, RecordingThatFailsCostsNoCandle) {
  io_.start();
  rows_.sql("UPDATE position SET status = 'FLAT', quantity = 0");
  run_until_the_stop();
  rows_.sql("DROP TABLE decision_input");
  const auto running = loop();
  EXPECT_TRUE(eventually([&] { return stored() >= as_of_ + kMissed * kPeriod; }));
  EXPECT_GE(rows_.count("decision"), kMissed);
  EXPECT_EQ(fenced_, 0);
}

TEST_F(AfterAStop, AQuarantinedStrategyStaysDownUntilTheOwnerSaysOtherwise) {
  io_.start();
  budget_.hard = std::chrono::nanoseconds(0);
  const auto again = loop();
  ASSERT_TRUE(eventually([&] { return quarantined_ == 1; }));
  std::this_thread::sleep_for(seconds(3));
  EXPECT_EQ(quarantined_, 1) << "another instance was made without being asked for";
  EXPECT_EQ(rows_.count("strategy_state"), 0);
  again->end_quarantines();
  EXPECT_TRUE(eventually([&] { return quarantined_ == 2; })) << "the owner was not heard";
}

TEST_F(AfterAStop, CandlesThatCannotBeReadAtTheStartLetNoInstanceDecideWithoutItsPast) {
  io_.start();
  run_until_the_stop();
  sim_.post("/faults",
            R"({"on":"rest","path":"/v1/candles/*","count":3,"action":"respond","status":500})");
  const auto again = loop();
  EXPECT_TRUE(eventually([&] { return stored() > as_of_; }));
  EXPECT_EQ(fenced_, 0) << "an instance decided that stands at no candle";
}

// The exchange is closed for a while: what is decided without its word is said so, the cause is
// kept, and what it tells later is compared, recorded and not evaluated again.
TEST_F(AfterAStop, ACandleThatRestDidNotConfirmIsMarkedItsGapExplainedAndItsCorrectionKept) {
  io_.start();
  run_until_the_stop();
  sim_.post("/faults", R"({"on":"rest","path":"/v1/candles/*","skip":1,"count":12,
                           "action":"respond","status":503})");
  CloseSettings hasty;
  hasty.rest_deadline = seconds(1);
  const auto again = loop(hasty);
  ASSERT_TRUE(eventually([&] { return rows_.count("candle_correction") > 0; }));
  const std::string unverified = "'CANDLE_UNVERIFIED' = ANY (reason_codes)";
  EXPECT_GE(rows_.count("decision WHERE " + unverified), 1);
  EXPECT_GE(rows_.count("candle_gap WHERE cause = 'MAINTENANCE'"), 1);
  EXPECT_TRUE(eventually([&] { return gaps_ == rows_.count("candle_gap"); }));
  EXPECT_EQ(rows_.count("candle_gap WHERE cause <> 'NO_TRADE'"),
            rows_.count("decision WHERE " + unverified));
  EXPECT_EQ(rows_.count("candle_gap g JOIN decision d ON d.candle_close_time = g.to_time WHERE "
                        "d.market = g.market AND " +
                        unverified),
            rows_.count("decision WHERE " + unverified));
  EXPECT_EQ(rows_.value("SELECT min(candle_time) = '" + as_of_.to_iso() +
                        "' FROM candle_correction WHERE before_json ->> 'volume' = '0' "
                        "AND after_json ->> 'volume' <> '0'"),
            "t");
  EXPECT_EQ(rows_.value("SELECT volume = 0 FROM decision WHERE candle_close_time = '" +
                        (as_of_ + kPeriod).to_iso() + "'"),
            "t")
      << "what was evaluated stays as it was";
}

}  // namespace
}  // namespace everbit::trading

#include "trading/intent/intent_writer.h"

#include <gtest/gtest.h>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"
#include "store/errors.h"
#include "support/commit_proxy.h"
#include "trading/market/candle.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

const std::string kMarket = "KRW-BTC";

WriterSettings writer_settings() {
  WriterSettings settings;
  settings.fee_rate = Decimal::of("0.0005");
  settings.min_total = Decimal::of("5000");
  return settings;
}

class IntentWriterTest : public testing::Test {
 protected:
  IntentWriterTest() {
    const std::string owner = std::to_string(rows_.owner().value());
    rows_.sql(
        "INSERT INTO strategy_state (owner_id, strategy_key, market, timeframe, mode, generation, "
        "plugin_version, sha256, state_schema, state_version, state, as_of) VALUES (" +
        owner +
        ", 'EXTREME_FLIP', 'KRW-BTC', '15m', 'REAL', 1, '1.0.0', repeat('a', 64), "
        "'extreme-flip', 1, '', '" +
        from_.to_iso() + "')");
    set_cash("1000000");
  }

  void set_cash(const std::string& krw) {
    rows_.sql(
        "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, reading_at) "
        "VALUES (" +
        std::to_string(rows_.owner().value()) + ", 'KRW', 'REAL', " + krw +
        ", 0, now()) ON CONFLICT (owner_id, currency, mode) DO UPDATE SET balance = " + krw);
  }
  // A position that its own entry bought.
  test::OrderIds hold(const std::string& quantity, const std::string& dust = "0") {
    const auto entry = rows_.entry();
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
    rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED'");
    rows_.sql(
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, dust_quantity, "
        "strategy_key, entry_intent_id, opened_at) VALUES (" +
        std::to_string(rows_.owner().value()) + ", 'KRW-BTC', 'REAL', 'OPEN', " + quantity +
        ", 100000000, " + dust + ", 'EXTREME_FLIP', " + std::to_string(entry.intent.value()) +
        ", now())");
    return entry;
  }

  Evaluation evaluation(int candle = 0) const {
    Evaluation one;
    one.from = from_ + seconds(900 * candle);
    one.to = one.from + seconds(900);
    const Decimal price = Decimal::of("100000000");
    one.candle = make_candle(one.from.ns(), 900, price, price, price, price, Decimal::of("1"));
    one.state = {"extreme-flip", 1, "state"};
    return one;
  }
  Evaluation buy(const std::string& krw = "10000", int candle = 0) const {
    Evaluation one = evaluation(candle);
    one.decision.action = EB_ACTION_BUY;
    one.decision.intent = EB_INTENT_ENTRY;
    one.decision.strength = 0.75;
    one.decision.amount = Decimal::of(krw);
    one.decision.plan = plugins::Plan{};
    return one;
  }
  Evaluation sell(IntentType type = IntentType::kExitStoploss, int candle = 0) const {
    Evaluation one = evaluation(candle);
    one.decision.action = EB_ACTION_SELL;
    one.decision.intent = static_cast<std::int32_t>(type);
    one.decision.all = true;
    return one;
  }

  Result<CandleResult> write(const Evaluation& evaluation, IntentWriter& writer) {
    return writer.write(
        {runner_, evaluation, true, true, true, true, true, "4bf92f3577b34da6a3ce929d0e0e4736"});
  }
  Result<CandleResult> write(const Evaluation& evaluation) { return write(evaluation, writer_); }

  // What must not be there after a transaction that failed.
  void expect_nothing_written() const {
    for (const char* table :
         {"signal", "order_intent", "order_attempt", "outbox_event", "decision"}) {
      EXPECT_EQ(rows_.count(table), 0) << table;
    }
    EXPECT_EQ(
        rows_.value("SELECT count(*) FROM strategy_state WHERE as_of = '" + from_.to_iso() + "'"),
        "1");
  }
  std::string last_intent() const {
    return rows_.value(
        "SELECT concat_ws(' ', intent_type, status, reason_code, "
        "trim_scale(requested_krw), trim_scale(requested_volume)) FROM order_intent "
        "ORDER BY id DESC LIMIT 1");
  }

  SystemClock clock_;
  test::OrderRows rows_;
  // Nothing is asked of it.
  test::ExchangeClient exchange_{net::Origin{false, "127.0.0.1", 9}};
  CandleReader reader_{exchange_.gateway()};
  plugins::LoadedPlugin plugin_;
  Timestamp from_ = Timestamp::from_seconds(1'760'000'400);
  StrategyRunner runner_{{rows_.pool(),
                          reader_,
                          plugin_,
                          plugins::InstanceOptions{},
                          {rows_.owner(), Mode::kReal, "EXTREME_FLIP", kMarket, "15m"},
                          {1, std::string(64, 'a'), 1, "1.0.0"},
                          rows_.instance()}};
  TradingSwitch switch_{clock_};
  IntentWriter writer_{{rows_.pool(), rows_.outbox(), clock_, rows_.instance(),
                        test::OrderRows::kTag, switch_, writer_settings()}};
};

using Refusals = std::vector<std::string>;

// As after an exit and before another strategy takes over: the new one knows of no cooldown.
TEST_F(IntentWriterTest, ACooldownThatTheStrategyNamesIsKeptAndHoldsForWhoeverComesNext) {
  Evaluation cooling = evaluation();
  cooling.decision.state = "COOLDOWN";
  const Timestamp until = from_ + seconds(900 * 3);
  cooling.decision.values = {{"atr", 1.5}, {"cooldownUntil", double(until.seconds())}};
  ASSERT_TRUE(write(cooling));
  EXPECT_EQ(rows_.value("SELECT extract(epoch FROM cooldown_until)::bigint FROM market_state "
                        "WHERE market = 'KRW-BTC'"),
            std::to_string(until.seconds()));
  const auto early = write(buy("10000", 1));
  ASSERT_TRUE(early);
  EXPECT_EQ(early->refusals, (Refusals{"COOLDOWN_BLOCKED"}));
  const auto at_its_end = write(buy("10000", 2));
  ASSERT_TRUE(at_its_end);
  EXPECT_EQ(at_its_end->refusals, Refusals{});
}

TEST_F(IntentWriterTest, ACooldownThatIsNoTimeIsPassedOver) {
  Evaluation cooling = evaluation();
  cooling.decision.values = {{"cooldownUntil", 1e300}};
  ASSERT_TRUE(write(cooling));
  cooling = evaluation(1);
  cooling.decision.values = {{"cooldownUntil", -1}};
  ASSERT_TRUE(write(cooling));
  EXPECT_EQ(rows_.count("market_state WHERE cooldown_until IS NOT NULL"), 0);
}

TEST_F(IntentWriterTest, ACandleLeavesAllOfItsOrderBehind) {
  const auto written = write(buy());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_TRUE(written->intent);
  EXPECT_EQ(rows_.value("SELECT as_of FROM strategy_state"),
            rows_.value("SELECT candle_close_time FROM signal"));
  EXPECT_EQ(rows_.count("decision"), 1);
  EXPECT_EQ(last_intent(), "ENTRY CREATED 10000");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', attempt_no, status, request_json ->> 'smp_type', "
                        "request_json ->> 'identifier' = identifier) FROM order_attempt"),
            "1 PREPARED cancel_taker t");
  EXPECT_EQ(rows_.value("SELECT payload_json -> 'payload' = jsonb_build_object('attemptPublicId', "
                        "a.public_id) FROM (SELECT payload_json::jsonb FROM outbox_event) e, "
                        "order_attempt a"),
            "t")
      << "a command holds only the attempt's id";
  EXPECT_EQ(rows_.count("position WHERE plan_json IS NOT NULL"), 1);
}

TEST_F(IntentWriterTest, AnEventThatCannotBePublishedTakesTheWholeCandleBack) {
  rows_.sql(
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; "
      "END $$; CREATE TRIGGER no BEFORE INSERT ON outbox_event FOR EACH ROW EXECUTE FUNCTION no()");
  EXPECT_FALSE(write(buy()));
  expect_nothing_written();
  rows_.sql("DROP TRIGGER no ON outbox_event");
  EXPECT_TRUE(write(buy()));
  EXPECT_EQ(rows_.count("order_attempt"), 1);
}

TEST_F(IntentWriterTest, AnOldGenerationDecidesNothing) {
  rows_.sql("UPDATE strategy_activation SET generation = 2");
  const auto written = write(buy());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "FENCED");
  expect_nothing_written();
}

TEST_F(IntentWriterTest, ATraderThatWasReplacedDecidesNothing) {
  rows_.sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  const auto written = write(buy());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "FENCED");
  expect_nothing_written();
}

TEST_F(IntentWriterTest, ACandleIsDecidedOnOnce) {
  ASSERT_TRUE(write(buy()));
  const auto again = write(buy());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "FENCED");
  EXPECT_EQ(rows_.count("order_attempt"), 1);
}

TEST_F(IntentWriterTest, AMarketHasOneOpenIntent) {
  ASSERT_TRUE(write(buy()));
  const auto second = write(buy("10000", 1));
  ASSERT_TRUE(second) << to_string(second.error());
  EXPECT_FALSE(second->intent);
  EXPECT_EQ(second->refusals, Refusals{"INTENT_OPEN"});
  EXPECT_EQ(rows_.count("signal"), 2) << "what was refused is shown";
  EXPECT_EQ(rows_.count("order_intent"), 1);
}

TEST_F(IntentWriterTest, TheAccountSwitchLeavesACancelledIntentAndNoCommand) {
  rows_.sql("UPDATE kill_switch SET account_position = 'OFF'");
  const auto written = write(buy());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_FALSE(written->intent);
  EXPECT_EQ(last_intent(), "ENTRY CANCELED KILL_SWITCH_OFF 10000");
  EXPECT_EQ(rows_.count("order_attempt"), 0);
  EXPECT_EQ(rows_.count("outbox_event"), 0);
  EXPECT_EQ(rows_.count("position"), 0) << "the plan of an entry that is not made";
}

TEST_F(IntentWriterTest, TheStrategysSwitchLeavesTheSignalAlone) {
  rows_.sql("UPDATE kill_switch SET enabled_strategies = '[]'");
  const auto written = write(buy());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, Refusals{"STRATEGY_OFF"});
  EXPECT_EQ(rows_.count("signal"), 1);
  EXPECT_EQ(rows_.count("order_intent"), 0);
}

TEST_F(IntentWriterTest, AStopDoesNotWaitForATakeProfitThatWasNotSent) {
  const auto entry = hold("0.5");
  const auto profit = rows_.exit(entry, "0.25", IntentType::kExitTp);
  const auto written = write(sell());
  ASSERT_TRUE(written) << to_string(written.error());
  ASSERT_TRUE(written->intent);
  EXPECT_EQ(rows_.attempt(profit), "SUSPENDED SUPERSEDED");
  EXPECT_EQ(rows_.intent(profit), "CANCELED SUPERSEDED");
  EXPECT_EQ(last_intent(), "EXIT_STOPLOSS CREATED 0.5");
  EXPECT_EQ(rows_.value("SELECT entry_intent_id FROM order_intent ORDER BY id DESC LIMIT 1"),
            std::to_string(entry.intent.value()));
}

TEST_F(IntentWriterTest, AStopWaitsForATakeProfitThatMayBeAtTheExchange) {
  const auto entry = hold("0.5");
  const auto profit = rows_.exit(entry, "0.25", IntentType::kExitTp);
  rows_.mark_sent(profit);
  const auto written = write(sell());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_FALSE(written->intent);
  EXPECT_EQ(rows_.attempt(profit), "SENT");
  EXPECT_EQ(rows_.intent(profit), "CREATED");
}

TEST_F(IntentWriterTest, AnotherExitDoesNotEndAWaitingOne) {
  const auto entry = hold("0.5");
  const auto profit = rows_.exit(entry, "0.25", IntentType::kExitTp);
  const auto written = write(sell(IntentType::kExitTime));
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, Refusals{"INTENT_OPEN"});
  EXPECT_EQ(rows_.attempt(profit), "PREPARED");
}

TEST_F(IntentWriterTest, AnEntrySpendsNoMoreThanIsThereWithItsFee) {
  set_cash("8000");
  ASSERT_TRUE(write(buy("10000")));
  EXPECT_EQ(last_intent(), "ENTRY CREATED 7996");
}

TEST_F(IntentWriterTest, TwoEntriesDoNotSpendTheSameMoney) {
  set_cash("20000");
  // Another market's open entry of 10,000 and its fee.
  (void)rows_.entry("10000", 1, "KRW-ETH");
  ASSERT_TRUE(write(buy("10000")));
  // 20000 - 10005 = 9995 pays for 9990 and its fee.
  EXPECT_EQ(last_intent(), "ENTRY CREATED 9990");
}

TEST_F(IntentWriterTest, TooLittleMoneyIsNoOrder) {
  set_cash("5002");
  const auto written = write(buy());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, Refusals{"AMOUNT_BLOCKED"});
  EXPECT_EQ(rows_.count("order_intent"), 0);
}

TEST_F(IntentWriterTest, ASlotThatAnotherMarketTakesIsNotTakenTwice) {
  (void)rows_.entry("10000", 1, "KRW-ETH");
  Evaluation one = buy();
  one.decision.max_open_markets = 1;
  const auto written = write(one);
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, Refusals{"MAX_OPEN_MARKETS"});
}

TEST_F(IntentWriterTest, AnExitSellsPositionAndDustButNoMoreThanIsFree) {
  hold("0.5", "0.00004");
  ASSERT_TRUE(write(sell()));
  EXPECT_EQ(last_intent(), "EXIT_STOPLOSS CREATED 0.50004");
}

TEST_F(IntentWriterTest, AnExitSellsNoCoinThatSomethingElseHasLocked) {
  hold("0.5");
  rows_.sql(
      "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, reading_at) "
      "VALUES (" +
      std::to_string(rows_.owner().value()) + ", 'BTC', 'REAL', 0.3, 0.2, now())");
  ASSERT_TRUE(write(sell()));
  EXPECT_EQ(last_intent(), "EXIT_STOPLOSS CREATED 0.3");
}

TEST_F(IntentWriterTest, AnExitBelowTheExchangesMinimumIsDust) {
  hold("0.00004999");
  const auto written = write(sell());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, Refusals{"DUST"});
  EXPECT_EQ(rows_.count("order_attempt WHERE status = 'PREPARED'"), 0);
}

// What files and this process's own order say counts at once, before the row has it.
TEST_F(IntentWriterTest, AnOrderThatTheRowDoesNotHaveYetStopsTheWriter) {
  switch_.order({AccountPosition::kOff, {}});
  const auto written = write(buy());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_FALSE(written->intent);
  EXPECT_EQ(last_intent(), "ENTRY CANCELED KILL_SWITCH_OFF 10000");
  EXPECT_EQ(rows_.count("order_attempt"), 0);
}

TEST_F(IntentWriterTest, AStrategyThatWasJustSwitchedOffOrdersNothing) {
  switch_.order({AccountPosition::kOn, {"EXTREME_FLIP"}});
  const auto written = write(buy());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, Refusals{"STRATEGY_OFF"});
  EXPECT_EQ(rows_.count("order_intent"), 0);
}

TEST_F(IntentWriterTest, TheOwnersLimitsCountWhatIsOnItsWay) {
  WriterSettings settings = writer_settings();
  settings.limits = {Decimal::of("18000"), 2};
  IntentWriter limited({rows_.pool(), rows_.outbox(), clock_, rows_.instance(),
                        test::OrderRows::kTag, switch_, settings});
  (void)rows_.entry("10000", 1, "KRW-ETH");
  ASSERT_TRUE(write(buy("10000"), limited));
  EXPECT_EQ(last_intent(), "ENTRY CREATED 8000") << "18000 less the 10000 that are on their way";
  rows_.sql("UPDATE order_intent SET status = 'CANCELED' WHERE market = 'KRW-BTC'");
  const auto third = write(buy("6000", 1), limited);
  ASSERT_TRUE(third) << to_string(third.error());
  EXPECT_EQ(third->refusals, Refusals{"ORDER_RATE"});
}

TEST_F(IntentWriterTest, AMarketThatCoolsDownAndADayThatLostTooMuchBuyNothing) {
  rows_.sql("UPDATE market_state SET cooldown_until = '" + (from_ + seconds(3600)).to_iso() + "'");
  const Evaluation one = buy();
  CandleJob job{runner_, one, true, true, true, true, true, ""};
  job.daily_loss_reached = true;
  const auto written = writer_.write(job);
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(written->refusals, (Refusals{"COOLDOWN_BLOCKED", "DAILY_LOSS"}));
}

// While OFF nothing is sold; the owner hears of each close beyond the stop.
TEST_F(IntentWriterTest, WhileOffEachCloseBeyondTheStopIsTold) {
  hold("0.5");
  rows_.sql("UPDATE kill_switch SET account_position = 'OFF'");
  const auto held = [&](const std::string& stop, int candle) {
    Evaluation one = evaluation(candle);
    one.position.quantity = Decimal::of("0.5");
    one.position.average_price = Decimal::of("110000000");
    one.position.plan = plugins::Plan{};
    one.position.plan->flags = EB_PLAN_STOP;
    one.position.plan->stop = Decimal::of(stop);
    return one;
  };
  ASSERT_TRUE(write(held("99999999", 0)));
  EXPECT_EQ(rows_.events("StopPassedWhileOff"), 0);
  ASSERT_TRUE(write(held("100000000", 1)));
  EXPECT_EQ(rows_.events("StopPassedWhileOff"), 1);
  Evaluation stop = held("100000000", 2);
  stop.decision = sell().decision;
  ASSERT_TRUE(write(stop));
  EXPECT_EQ(rows_.events("StopPassedWhileOff"), 2);
  EXPECT_EQ(rows_.events("ExitRefused"), 0) << "one message for one candle";
  EXPECT_EQ(last_intent(), "EXIT_STOPLOSS CANCELED KILL_SWITCH_OFF 0.5");
}

TEST_F(IntentWriterTest, AnExitThatASwitchOrASuspensionRefusesIsTold) {
  hold("0.5");
  rows_.sql("UPDATE kill_switch SET enabled_strategies = '[]'");
  ASSERT_TRUE(write(sell()));
  EXPECT_EQ(rows_.events("ExitRefused"), 1);
  rows_.sql(
      "UPDATE kill_switch SET enabled_strategies = '[\"EXTREME_FLIP\"]'; UPDATE market_state SET "
      "trade_status = 'SUSPENDED', suspend_reason_code = 'TEST', suspended_at = now()");
  ASSERT_TRUE(write(sell(IntentType::kExitTime, 1)));
  EXPECT_EQ(rows_.events("ExitRefused"), 2);
  EXPECT_EQ(rows_.value("SELECT payload_json::json -> 'payload' ->> 'reasonCodes' FROM "
                        "outbox_event ORDER BY id DESC LIMIT 1"),
            "[\"MARKET_SUSPENDED\"]");
}

// The strategy is back and is fed the candle at whose close the guardian has sold.
TEST_F(IntentWriterTest, ACandleThatTheGuardianDecidedIsNotSoldTwice) {
  hold("0.5");
  rows_.sql(
      "INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, "
      "candle_close_time, side, reason_code, signal_json, config_version, generation, sha256) "
      "VALUES (" +
      test::TradingRows::new_id() + ", " + std::to_string(rows_.owner().value()) +
      ", 'EXTREME_FLIP', 'REAL', 'KRW-BTC', '15m', '" + (from_ + seconds(900)).to_iso() +
      "', 'SELL', 'GUARDIAN_STOP', '{}', 1, 1, repeat('a', 64))");
  const auto written = write(sell());
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_FALSE(written->intent);
  EXPECT_EQ(written->refusals, Refusals{"GUARDIAN_STOP"});
  EXPECT_EQ(rows_.count("decision"), 1) << "the strategy goes on";
}

TEST_F(IntentWriterTest, ACommitWithoutAnAnswerIsNeitherLostNorDoubled) {
  test::CommitProxy proxy(rows_.database().port());
  store::PoolSettings settings{rows_.database().settings(), 2};
  settings.connect.dsn += " sslmode=disable port=" + std::to_string(proxy.port());
  store::Pool pool(settings);
  IntentWriter through({pool, rows_.outbox(), clock_, rows_.instance(), test::OrderRows::kTag,
                        switch_, writer_settings()});
  proxy.set_fault(test::CommitProxy::Fault::kCutBefore);
  EXPECT_FALSE(write(buy(), through));
  expect_nothing_written();
  proxy.set_fault(test::CommitProxy::Fault::kCutAfter);
  const auto written = write(buy(), through);
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_EQ(rows_.count("order_attempt"), 1);
  EXPECT_EQ(rows_.events("CreateOrderAttempt"), 1);
}

TEST_F(IntentWriterTest, AGapIsKeptWithItsCauseInTheCandlesOwnTransaction) {
  const Evaluation one = evaluation();
  CandleJob job{runner_, one, true, true, true, true, true, "4bf92f3577b34da6a3ce929d0e0e4736"};
  job.gap = GapCause::kNoTrade;
  ASSERT_TRUE(writer_.write(job));
  EXPECT_EQ(
      rows_.value("SELECT concat_ws(' ', market, timeframe, cause, from_time = '" +
                  one.from.to_iso() + "', to_time = '" + one.to.to_iso() + "') FROM candle_gap"),
      "KRW-BTC 15m NO_TRADE t t");
}

TEST_F(IntentWriterTest, ARowOfTheLedgerHasEveryConditionAndAtMostOneKilobyte) {
  Evaluation one = buy();
  one.decision.state = "PENDING";
  one.decision.regime = "DOWN_TREND";
  for (const char* name : {"atr", "rsi", "ema", "dev", "pctB", "bbMiddle", "macroRsi", "macroDev",
                           "longRsi", "longDev", "volumeMean", "rollingHigh"}) {
    one.decision.values.emplace_back(name, 148111234.5678);
  }
  for (const char* name : {"OS_PCT_B", "OS_RSI", "OS_DEV", "FLIP_PREV_HIGH", "FLIP_RSI", "FLIP_EMA",
                           "FLIP_DEV_RISE", "FLIP", "MACRO_RSI", "MACRO_DEV", "LONG_RSI",
                           "LONG_DEV", "DIVERGENCE", "CAPITULATION", "LIQUIDITY"}) {
    one.decision.gates.push_back({name, -2.123456789, -1.5, EB_GATE_AT_MOST, true});
  }
  ASSERT_TRUE(write(one));
  EXPECT_EQ(rows_.value("SELECT checks LIKE 'OS_PCT_B<=-1.5:-2.12345679+ %' AND "
                        "checks LIKE '% LIQUIDITY<=%' AND checks LIKE '% CASH>=5000:10000+' "
                        "FROM decision"),
            "t")
      << rows_.value("SELECT checks FROM decision");
  EXPECT_EQ(rows_.value("SELECT pg_column_size(d.*) <= 1024 FROM decision d"), "t")
      << rows_.value("SELECT pg_column_size(d.*) FROM decision d");
}

TEST_F(IntentWriterTest, ATalkativeStrategyCannotMakeARowLarger) {
  Evaluation one = evaluation();
  one.decision.state = std::string(64, 'S');
  one.decision.regime = std::string(64, 'R');
  for (int i = 0; i < 64; ++i) {
    one.decision.values.emplace_back(std::string(60, 'v') + std::to_string(i), 1e-300);
  }
  for (int i = 0; i < 32; ++i) {
    one.decision.gates.push_back(
        {std::string(30, 'G') + std::to_string(i), 1e300, -1e300, EB_GATE_AT_LEAST, true});
  }
  ASSERT_TRUE(write(one));
  EXPECT_EQ(rows_.value("SELECT pg_column_size(d.*) <= 1024 FROM decision d"), "t")
      << rows_.value("SELECT pg_column_size(d.*) FROM decision d");
}

}  // namespace
}  // namespace everbit::trading

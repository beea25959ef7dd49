#include "trading/execution/executor.h"

#include <gtest/gtest.h>

#include <thread>

#include "integration/trading/one_executor.h"
#include "support/commit_proxy.h"
#include "trading/control/control_watcher.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ExecutorTest : public testing::Test {
 protected:
  ExecutorTest() { wait_for(AccountPosition::kOn); }

  void wait_for(AccountPosition position) {
    for (int i = 0; i < 2000 && switch_.position() != position; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    ASSERT_EQ(switch_.position(), position);
  }

  Executor::Result execute(const test::OrderIds& ids) {
    return one_.executor.execute(ids.public_id);
  }

  // The limiter pauses after a 429 and without a readable header: the command comes again.
  Executor::Result execute_soon(const test::OrderIds& ids) {
    auto result = execute(ids);
    for (int i = 0; i < 20 && result == Executor::Result::kLater; ++i) result = execute(ids);
    return result;
  }

  test::OrderIds second_of(const test::OrderIds& first) { return attempt_of(first, 2); }
  // The attempt that followed, PREPARED under an identifier of its own; throws if there is none.
  test::OrderIds attempt_of(const test::OrderIds& first, int number) {
    const std::string of = " FROM order_attempt WHERE attempt_no = " + std::to_string(number) +
                           " AND order_intent_id = " + std::to_string(first.intent.value());
    test::OrderIds second = first;
    second.attempt = AttemptId(std::stoll(rows_.value("SELECT id" + of)));
    second.public_id = Uuid::parse(rows_.value("SELECT public_id" + of)).value();
    second.identifier = rows_.value("SELECT identifier" + of);
    return second;
  }
  int attempts() const { return rows_.count("order_attempt"); }

  void expect_second_attempt_is_queued(const test::OrderIds& first) {
    ASSERT_EQ(attempts(), 2);
    const auto second = second_of(first);
    EXPECT_EQ(rows_.attempt(second), "PREPARED");
    EXPECT_EQ(rows_.intent(first), "CREATED");
    EXPECT_NE(second.identifier, first.identifier);
    EXPECT_EQ(rows_.value("SELECT count(DISTINCT request_json - 'identifier') FROM order_attempt"),
              "1")
        << "another order than before";
    EXPECT_EQ(rows_.value("SELECT request_json ->> 'identifier' FROM order_attempt "
                          "WHERE attempt_no = 2"),
              second.identifier);
    EXPECT_EQ(
        rows_.value("SELECT payload_json -> 'payload' ->> 'attemptPublicId' FROM outbox_event "
                    "WHERE event_type = 'CreateOrderAttempt'"),
        second.public_id.to_string());
    EXPECT_EQ(rows_.value("SELECT next_retry_at > now() - interval '5 s' FROM order_attempt "
                          "WHERE attempt_no = 1"),
              "t");
  }

  SystemClock clock_;
  test::ScratchFolder folder_;
  test::OrderRows rows_;
  test::UpbitSim sim_;
  test::ExchangeClient exchange_{sim_.rest()};
  TradingSwitch switch_{clock_};
  KillSwitch kill_switch_{
      {rows_.pool(), rows_.owner(), switch_, StateFolder(folder_ / "."), clock_, "EXTREME_FLIP"}};
  ControlWatcher watcher_{kill_switch_, StateFolder(folder_ / ".")};
  std::atomic<bool> key_usable_{true};
  test::OneExecutor one_{rows_,   rows_.pool(), exchange_,
                         switch_, key_usable_,  folder_ / "send.ledger"};
};

TEST_F(ExecutorTest, AnAttemptBecomesOneOrderHoweverOftenItsCommandComes) {
  const auto ids = rows_.entry();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(sim_.creates(), 1);
  EXPECT_EQ(sim_.orders(), 1);
  EXPECT_NE(sim_.ledger().find(ids.identifier), std::string::npos);
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
  EXPECT_EQ(rows_.value("SELECT a.upbit_uuid = o.upbit_uuid AND o.origin = 'OURS' "
                        "FROM order_attempt a JOIN upbit_order o ON o.order_attempt_id = a.id"),
            "t");
}

TEST_F(ExecutorTest, TwoExecutorsThatGotTheSameCommandMakeOneOrder) {
  test::OneExecutor other(rows_, rows_.pool(), exchange_, switch_, key_usable_,
                          folder_ / "other.ledger");
  for (int round = 0; round < 5; ++round) {
    const auto ids = rows_.entry();
    std::thread rival([&] { (void)other.executor.execute(ids.public_id); });
    (void)execute(ids);
    rival.join();
    EXPECT_EQ(rows_.attempt(ids), "ACKED");
    EXPECT_EQ(sim_.creates(), round + 1);
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  }
}

TEST_F(ExecutorTest, AConnectionCutAfterTheOrderWasTakenMakesNoSecondOne) {
  sim_.fault(R"("count":1,"action":"cut_after")");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "UNKNOWN NO_ANSWER");
  EXPECT_EQ(rows_.intent(ids), "CREATED") << "an unknown fate keeps the market closed";
  EXPECT_EQ(attempts(), 1);
  EXPECT_EQ(sim_.orders(), 1);
  EXPECT_EQ(sim_.creates(), 1);
}

TEST_F(ExecutorTest, AConnectionCutBeforeTheOrderWasTakenProvesNothing) {
  sim_.fault(R"("count":1,"action":"cut_before")");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "UNKNOWN NO_ANSWER");
  EXPECT_EQ(attempts(), 1);
  EXPECT_EQ(sim_.orders(), 0);
}

TEST_F(ExecutorTest, AnErrorOfTheServerOrOfAProxyIsNoRefusal) {
  for (const char* answer : {R"("status":500,"error":{"name":"server_error","message":"x"})",
                             R"("status":502,"body":"<html>")", R"("status":301,"body":"")",
                             R"("status":201,"body":"{}")", R"("status":400,"body":"<html>")"}) {
    sim_.fault(R"("count":1,"action":"respond_after",)" + std::string(answer));
    const auto ids = rows_.entry();
    EXPECT_EQ(execute(ids), Executor::Result::kDone);
    EXPECT_EQ(rows_.attempt(ids), "UNKNOWN UNREADABLE_ANSWER") << answer;
    EXPECT_EQ(rows_.intent(ids), "CREATED") << answer;
    // Settled by the owner, so that the next round may begin.
    rows_.sql(
        "UPDATE order_attempt SET status = 'REJECTED', error_code = 'ABSENT' "
        "WHERE status = 'UNKNOWN'");
    rows_.sql("UPDATE order_intent SET status = 'CANCELED'");
  }
  EXPECT_EQ(attempts(), 5);
  EXPECT_EQ(sim_.creates(), 5);
}

TEST_F(ExecutorTest, AThrottledOrderIsMadeAnewUnderAnotherNameInTheSameTransaction) {
  events::SubscribeOptions group;
  group.stream = kTradeCommands;
  group.group = "order-executor";
  const auto subscription = rows_.bus().subscribe(group);
  ASSERT_TRUE(subscription) << to_string(subscription.error());
  sim_.fault(R"("count":1,"action":"respond","status":429)");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "THROTTLED RATE_LIMIT_429");
  expect_second_attempt_is_queued(ids);
  EXPECT_EQ(rows_.value("SELECT abs(extract(epoch FROM d.ready_at - a.next_retry_at)) < 0.001 FROM "
                        "(SELECT ready_at FROM outbox_delayed UNION ALL "
                        "SELECT ready_at FROM outbox_queue) d, order_attempt a "
                        "WHERE a.attempt_no = 1"),
            "t")
      << "the command comes at another time";
  EXPECT_EQ(execute(ids), Executor::Result::kDone) << "the old command comes once more";

  const auto second = second_of(ids);
  EXPECT_EQ(execute(second), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(second), "ACKED");
  EXPECT_EQ(sim_.orders(), 1);
}

TEST_F(ExecutorTest, AnEntryIsNotTriedAgainBeyondItsCandle) {
  sim_.fault(R"("action":"respond","status":429)");
  const auto ids = rows_.entry("10000", 899);
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "THROTTLED RATE_LIMIT_429");
  EXPECT_EQ(rows_.intent(ids), "CANCELED RATE_LIMIT_429");
  EXPECT_EQ(attempts(), 1);
  EXPECT_EQ(rows_.events("OrderRejected"), 1);
}

TEST_F(ExecutorTest, AnOrderThatProvablyNeverLeftIsMadeAnew) {
  sim_.stop();
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "REJECTED NOT_SENT");
  expect_second_attempt_is_queued(ids);
}

TEST_F(ExecutorTest, ABlockStopsAllTradingUntilTheOwnerResumesIt) {
  sim_.fault(R"("count":1,"action":"respond","status":418,"seconds":42)");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "SUSPENDED UPBIT_BLOCKED_418");
  EXPECT_EQ(rows_.intent(ids), "CANCELED UPBIT_BLOCKED_418");
  EXPECT_EQ(rows_.value("SELECT blocked_until - now() BETWEEN interval '30 s' AND interval '42 s' "
                        "FROM exchange_block WHERE side = 'exchange'"),
            "t");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', account_position, reason_code) FROM kill_switch"),
            "OFF UPBIT_BLOCKED_418");
  EXPECT_EQ(rows_.events("Blocked418"), 1);
  EXPECT_EQ(rows_.events("KillSwitchChanged"), 1);
  EXPECT_EQ(rows_.count("audit_log"), 1);
  EXPECT_EQ(rows_.value("SELECT trade_status FROM market_state WHERE market = 'KRW-BTC'"),
            "ACTIVE");

  const int creates = sim_.creates();
  const auto queued = rows_.entry();
  EXPECT_EQ(execute(queued), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(queued), "SUSPENDED KILL_SWITCH_OFF");
  EXPECT_EQ(sim_.creates(), creates);
}

TEST_F(ExecutorTest, ABlockIsKeptEvenIfTheOwnerSwitchesOnTooEarly) {
  rows_.sql("INSERT INTO exchange_block (owner_id, side, blocked_until) VALUES (" +
            std::to_string(rows_.owner().value()) + ", 'exchange', now() + interval '1 min')");
  exchange_.limiter().block_side(net::RateSide::kExchange, clock_.steady_now() + seconds(60));
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "SUSPENDED UPBIT_BLOCKED_418");
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(ExecutorTest, WithoutTheMoneyTheIntentEnds) {
  sim_.post("/balance/main", R"({"currency":"KRW","balance":"100"})");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "REJECTED insufficient_funds_bid");
  EXPECT_EQ(rows_.intent(ids), "CANCELED insufficient_funds_bid");
  EXPECT_EQ(rows_.events("OrderRejected"), 1);
  EXPECT_EQ(attempts(), 1);
}

TEST_F(ExecutorTest, ARefusedKeyStopsTheNextOrderToo) {
  sim_.fault(
      R"("count":1,"action":"respond","status":401,"error":{"name":"invalid_access_key","message":"x"})");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "REJECTED invalid_access_key");
  EXPECT_FALSE(key_usable_.load());
  const int creates = sim_.creates();
  const auto next = rows_.entry();
  EXPECT_EQ(execute(next), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(next), "SUSPENDED KEY_NOT_VERIFIED");
  EXPECT_EQ(sim_.creates(), creates);
}

TEST_F(ExecutorTest, AKeyThatMayNotPlaceOrdersStopsThemForTheNextProcessToo) {
  rows_.sql(
      "INSERT INTO upbit_key (owner_id, access_key_enc, secret_key_enc, key_version, verified_at) "
      "VALUES (" +
      std::to_string(rows_.owner().value()) + ", '\\x00', '\\x00', 1, now())");
  sim_.fault(
      R"("count":1,"action":"respond","status":403,"error":{"name":"out_of_scope","message":"x"})");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "REJECTED out_of_scope");
  EXPECT_EQ(rows_.intent(ids), "CANCELED out_of_scope");
  EXPECT_EQ(rows_.value("SELECT verify_error FROM upbit_key"), "SCOPE_MISSING");
  EXPECT_EQ(rows_.events("KeyRefused"), 1);
  key_usable_.store(true);  // as the next process begins
  const int creates = sim_.creates();
  const auto next = rows_.entry();
  EXPECT_EQ(execute(next), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(next), "SUSPENDED KEY_NOT_VERIFIED");
  EXPECT_EQ(sim_.creates(), creates);
}

TEST_F(ExecutorTest, ADuplicatedIdentifierIsAnOrderOfOursUntilItIsFound) {
  sim_.fault(
      R"("count":1,"action":"respond_after","status":400,"error":{"name":"duplicated_identifier","message":"x"})");
  const auto ids = rows_.entry();
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "UNKNOWN duplicated_identifier");
  EXPECT_EQ(rows_.intent(ids), "CREATED");
  EXPECT_EQ(attempts(), 1);
}

TEST_F(ExecutorTest, AnEntryIsTriedFiveTimesAtMost) {
  sim_.fault(R"("action":"respond","status":429)");
  auto ids = rows_.entry();
  for (int number = 1; number <= 5; ++number) {
    rows_.sql("UPDATE market_state SET trade_status = 'ACTIVE'");
    EXPECT_EQ(execute_soon(ids), Executor::Result::kDone);
    EXPECT_EQ(rows_.attempt(ids), "THROTTLED RATE_LIMIT_429");
    if (number < 5) ids = attempt_of(ids, number + 1);
  }
  EXPECT_EQ(attempts(), 5);
  EXPECT_EQ(rows_.intent(ids), "CANCELED RATE_LIMIT_429");
}

TEST_F(ExecutorTest, AnExitGoesOnAfterFiveAttemptsAndWhileTheMarketIsOffline) {
  const auto entry = rows_.entry();
  rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  rows_.hold(entry, "0.5");
  auto ids = rows_.exit(entry, "0.5");
  sim_.fault(
      R"("count":6,"action":"respond","status":403,"error":{"name":"market_offline","message":"x"})");
  for (int number = 1; number <= 6; ++number) {
    EXPECT_EQ(execute_soon(ids), Executor::Result::kDone);
    EXPECT_EQ(rows_.attempt(ids), "REJECTED market_offline") << number;
    EXPECT_EQ(rows_.intent(ids), "CREATED") << number;
    ids = attempt_of(ids, number + 1);
  }
  EXPECT_EQ(rows_.value("SELECT round(extract(epoch FROM next_retry_at - sent_at)) FROM "
                        "order_attempt WHERE attempt_no = 6"),
            "30")
      << "1 s, doubling to 30 s";
  sim_.post("/balance/main", R"({"currency":"BTC","balance":"0.5"})");
  EXPECT_EQ(execute_soon(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(sim_.orders(), 1);
}

TEST_F(ExecutorTest, AnExitThatUpbitHoldsTooLittleForAsksForAReconcileOfItsMarket) {
  const auto entry = rows_.entry();
  rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  rows_.hold(entry, "0.5");
  const auto exit = rows_.exit(entry, "0.5");
  EXPECT_EQ(execute(exit), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(exit), "REJECTED insufficient_funds_ask");
  EXPECT_EQ(rows_.intent(exit), "CANCELED insufficient_funds_ask");
  EXPECT_EQ(one_.reconciles, std::vector<std::string>{"KRW-BTC"});
}

TEST_F(ExecutorTest, WhatWasQueuedBeforeTheKillSwitchIsNotSentAfterIt) {
  const auto ids = rows_.entry();
  rows_.sql("UPDATE kill_switch SET account_position = 'OFF'");
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "SUSPENDED KILL_SWITCH_OFF");
  EXPECT_EQ(rows_.intent(ids), "CANCELED KILL_SWITCH_OFF");
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(ExecutorTest, AnEntryOfYesterdayIsNotBoughtToday) {
  const auto ids = rows_.entry("10000", 901);
  EXPECT_EQ(execute(ids), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "SUSPENDED STALE_SIGNAL");
  EXPECT_EQ(rows_.intent(ids), "CANCELED STALE_SIGNAL");
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(ExecutorTest, AnExitOfAPositionThatIsGoneSellsNothing) {
  const auto entry = rows_.entry();
  rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  const auto exit = rows_.exit(entry, "0.5");
  EXPECT_EQ(execute(exit), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(exit), "SUSPENDED STALE_POSITION");
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(ExecutorTest, ATraderThatWasReplacedSendsNothing) {
  const auto ids = rows_.entry();
  rows_.sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  EXPECT_EQ(execute(ids), Executor::Result::kLater);
  EXPECT_EQ(rows_.attempt(ids), "PREPARED");
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(ExecutorTest, ADeadCommandLeavesNoAttemptWaiting) {
  const auto prepared = rows_.entry();
  EXPECT_TRUE(one_.executor.settle_dead(prepared.public_id));
  EXPECT_EQ(rows_.attempt(prepared), "SUSPENDED COMMAND_DEAD");
  EXPECT_EQ(rows_.intent(prepared), "CANCELED COMMAND_DEAD");
  const auto sent = rows_.entry();
  rows_.mark_sent(sent);
  EXPECT_TRUE(one_.executor.settle_dead(sent.public_id));
  EXPECT_EQ(rows_.attempt(sent), "UNKNOWN COMMAND_DEAD");
  EXPECT_EQ(rows_.intent(sent), "CREATED");
  EXPECT_TRUE(one_.executor.settle_dead(Uuid::make_v4())) << "nothing to settle";
}

// An answer that comes when the attempt was given up already.
class LateAnswerTest : public ExecutorTest {
 protected:
  test::OrderIds answered_late(const std::string& fault) {
    sim_.fault(R"("count":1,"delay_before_ms":3000)" + fault);
    const auto ids = rows_.entry();
    std::thread caller([&] { (void)execute(ids); });
    for (int i = 0; i < 4000 && rows_.attempt(ids) != "SENT"; ++i) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    EXPECT_TRUE(one_.executor.settle_dead(ids.public_id));
    EXPECT_EQ(rows_.attempt(ids), "UNKNOWN COMMAND_DEAD");
    caller.join();
    return ids;
  }
};

TEST_F(LateAnswerTest, AnAcceptanceStillCounts) {
  const auto ids = answered_late("");
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
}

TEST_F(LateAnswerTest, AThrottlingEndsTheIntentWithoutAnotherOrder) {
  const auto ids = answered_late(R"(,"action":"respond","status":429)");
  EXPECT_EQ(rows_.attempt(ids), "REJECTED RATE_LIMIT_429");
  EXPECT_EQ(rows_.intent(ids), "CANCELED RATE_LIMIT_429");
  EXPECT_EQ(attempts(), 1);
}

TEST_F(LateAnswerTest, ABlockIsStillObeyed) {
  const auto ids = answered_late(R"(,"action":"respond","status":418,"seconds":42)");
  EXPECT_EQ(rows_.attempt(ids), "REJECTED UPBIT_BLOCKED_418");
  EXPECT_EQ(rows_.count("exchange_block"), 1);
  EXPECT_EQ(rows_.value("SELECT account_position FROM kill_switch"), "OFF");
}

// The executor's own connections lead through a proxy that ruins COMMITs.
class UndecidedSentTest : public ExecutorTest {
 protected:
  UndecidedSentTest() {
    store::PoolSettings settings{rows_.database().settings(), 2};
    settings.connect.dsn += " sslmode=disable port=" + std::to_string(proxy_.port());
    pool_ = std::make_unique<store::Pool>(settings);
    through_ = std::make_unique<test::OneExecutor>(rows_, *pool_, exchange_, switch_, key_usable_,
                                                   folder_ / "proxy.ledger");
  }

  test::CommitProxy proxy_{rows_.database().port()};
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<test::OneExecutor> through_;
};

TEST_F(UndecidedSentTest, ASentThatWasCommittedWithoutAnAnswerIsSentOnce) {
  const auto ids = rows_.entry();
  proxy_.set_fault(test::CommitProxy::Fault::kCutAfter);
  std::thread healer([&] {
    for (int i = 0; i < 4000 && rows_.attempt(ids) == "PREPARED"; ++i) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    proxy_.set_fault(test::CommitProxy::Fault::kNone);
  });
  EXPECT_EQ(through_->executor.execute(ids.public_id), Executor::Result::kDone);
  healer.join();
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(sim_.creates(), 1);
}

TEST_F(UndecidedSentTest, ASentThatComesToLightTooLateIsEndedAsNeverSent) {
  ExecutionSettings settings;
  settings.send_by = milliseconds(0);
  test::OneExecutor late(rows_, *pool_, exchange_, switch_, key_usable_, folder_ / "late.ledger",
                         settings);
  const auto ids = rows_.entry();
  proxy_.set_fault(test::CommitProxy::Fault::kCutAfter);
  std::thread healer([&] {
    for (int i = 0; i < 1000 && rows_.attempt(ids) == "PREPARED"; ++i) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    proxy_.set_fault(test::CommitProxy::Fault::kNone);
  });
  EXPECT_EQ(late.executor.execute(ids.public_id), Executor::Result::kDone);
  healer.join();
  EXPECT_EQ(rows_.attempt(ids), "REJECTED NOT_SENT") << "not left to be taken for a lost one";
  expect_second_attempt_is_queued(ids);
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(UndecidedSentTest, ASentThatWasNeverCommittedIsNotSent) {
  const auto ids = rows_.entry();
  proxy_.set_fault(test::CommitProxy::Fault::kCutBefore);
  EXPECT_EQ(through_->executor.execute(ids.public_id), Executor::Result::kLater);
  EXPECT_EQ(rows_.attempt(ids), "PREPARED");
  EXPECT_EQ(sim_.creates(), 0);
  proxy_.set_fault(test::CommitProxy::Fault::kNone);
  EXPECT_EQ(through_->executor.execute(ids.public_id), Executor::Result::kDone);
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(sim_.creates(), 1);
}

}  // namespace
}  // namespace everbit::trading

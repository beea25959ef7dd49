#include <gtest/gtest.h>

#include <thread>

#include "integration/trading/one_executor.h"
#include "store/instance_lock.h"
#include "trading/control/control_watcher.h"
#include "trading/settlement/attempt_settlement.h"
#include "trading/settlement/block_keeper.h"
#include "trading/settlement/lost_commands.h"
#include "trading/settlement/owner_acts.h"
#include "trading/settlement/stuck_orders.h"
#include "trading/settlement/unknown_limit.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A process that came before: it entered send.ledger and is gone.
Uuid former_process(const std::filesystem::path& ledger_file, const Clock& clock,
                    const std::optional<Uuid>& marked = std::nullopt) {
  const Uuid instance = Uuid::make_v4();
  const auto ledger = net::SendLedger::open(ledger_file, instance, clock).value();
  if (marked) ledger->mark(*marked, net::SendLedger::hash_token("token"));
  return instance;
}

class SettlementTest : public testing::Test {
 protected:
  SettlementTest() {
    for (int i = 0; i < 1000 && switch_.position() != AccountPosition::kOn; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_EQ(switch_.position(), AccountPosition::kOn);
  }

  AttemptSettlement& settlement(bool resolve_absent = false) {
    if (!settlement_) {
      SettlementSettings settings;
      settings.resolve_absent = resolve_absent;
      settlement_.emplace(AttemptSettlement::Parts{
          rows_.pool(), exchange_.gateway(), *one().ledger, one().outcomes, orders(),
          rows_.outbox(), clock_, rows_.owner(), Mode::kReal, rows_.instance(), settings});
    }
    return *settlement_;
  }
  // Made when first asked for, after the processes that came before.
  test::OneExecutor& one() {
    if (!one_) {
      one_ = std::make_unique<test::OneExecutor>(rows_, rows_.pool(), exchange_, switch_,
                                                 key_usable_, folder_ / "send.ledger");
    }
    return *one_;
  }
  OrderSync& orders() {
    if (!orders_) {
      orders_.emplace(OrderSync::Parts{rows_.pool(), one().recorder, fills_, rows_.outbox(),
                                       rows_.owner(), Mode::kReal});
    }
    return *orders_;
  }
  void look_up_now() {
    settlement().look_up_now();
    settlement().turn();
  }

  // SENT by that process, so long ago.
  void sent_by(const test::OrderIds& ids, const Uuid& instance, int seconds_ago) {
    rows_.sql("UPDATE order_attempt SET status = 'SENT', sent_token = '" + instance.to_string() +
              ":x', sent_at = now() - interval '1 s' * " + std::to_string(seconds_ago) +
              " WHERE id = " + std::to_string(ids.attempt.value()));
  }
  void unknown(const test::OrderIds& ids, int seconds_ago) {
    sent_by(ids, rows_.instance(), seconds_ago);
    rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN', error_code = 'TIMEOUT' WHERE id = " +
              std::to_string(ids.attempt.value()));
  }
  // An attempt whose order exists and whose answer was lost.
  test::OrderIds lost_answer() {
    sim_.fault(R"("count":1,"action":"cut_after")");
    const auto ids = rows_.entry();
    EXPECT_EQ(one().executor.execute(ids.public_id), Executor::Result::kDone);
    EXPECT_EQ(rows_.attempt(ids), "UNKNOWN NO_ANSWER");
    return ids;
  }
  std::string market() const {
    return rows_.value(
        "SELECT concat_ws(' ', trade_status, suspend_reason_code) FROM market_state "
        "WHERE market = 'KRW-BTC'");
  }
  int not_found(const test::OrderIds& ids) const {
    return std::stoi(rows_.value("SELECT lookups_not_found FROM order_attempt WHERE id = " +
                                 std::to_string(ids.attempt.value())));
  }
  void fault(const std::string& rule) { sim_.post("/faults", rule); }
  std::string account() const {
    return rows_.value("SELECT concat_ws(' ', account_position, reason_code) FROM kill_switch");
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
  FillBook fills_{{rows_.outbox(), rows_.owner(), Mode::kReal, Decimal::of("5000")}};
  std::unique_ptr<test::OneExecutor> one_;
  std::optional<OrderSync> orders_;
  std::optional<AttemptSettlement> settlement_;
};

TEST_F(SettlementTest, AnotherProcessThatStartsLeavesALivingOnesSentAlone) {
  const Uuid other = Uuid::make_v4();
  const auto lock =
      store::InstanceLock::take(rows_.database().settings(), other, Deadline::after(seconds(10)));
  ASSERT_TRUE(lock) << to_string(lock.error());
  const auto ids = rows_.entry();
  sent_by(ids, other, 5);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "SENT");
}

TEST_F(SettlementTest, ASentWithoutAResultIsUnknownAfterFifteenSeconds) {
  const auto young = rows_.entry();
  sent_by(young, rows_.instance(), 10);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(young), "SENT") << "its executor may still say";
  rows_.sql("UPDATE order_attempt SET status = 'REJECTED', error_code = 'x'");
  rows_.sql("UPDATE order_intent SET status = 'CANCELED'");
  const auto old = rows_.entry();
  sent_by(old, rows_.instance(), 16);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(old), "UNKNOWN NO_RESULT");
  EXPECT_EQ(rows_.intent(old), "CREATED");
  EXPECT_EQ(sim_.creates(), 0);
}

TEST_F(SettlementTest, ADeadProcesssSentWithAMarkIsUnknownAtOnce) {
  const auto ids = rows_.entry();
  sent_by(ids, former_process(folder_ / "send.ledger", clock_, ids.public_id), 1);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "UNKNOWN EXECUTOR_DIED");
  EXPECT_EQ(rows_.count("order_attempt"), 1);
}

TEST_F(SettlementTest, ADeadProcesssSentWithoutAMarkWasNeverSentAndIsMadeAnew) {
  const auto ids = rows_.entry();
  sent_by(ids, former_process(folder_ / "send.ledger", clock_), 1);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "REJECTED NOT_SENT");
  EXPECT_EQ(rows_.intent(ids), "CREATED");
  EXPECT_EQ(rows_.value("SELECT status FROM order_attempt WHERE attempt_no = 2"), "PREPARED");
  EXPECT_EQ(rows_.events("CreateOrderAttempt"), 1);
}

TEST_F(SettlementTest, WithoutALedgerOfThatProcessNothingIsProven) {
  const auto ids = rows_.entry();
  sent_by(ids, Uuid::make_v4(), 1);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "UNKNOWN EXECUTOR_DIED");
  EXPECT_EQ(rows_.count("order_attempt"), 1);
}

TEST_F(SettlementTest, AReplacedTraderSettlesNothing) {
  const auto ids = rows_.entry();
  sent_by(ids, Uuid::make_v4(), 1);
  (void)settlement();
  rows_.sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "SENT");
}

TEST_F(SettlementTest, AnOrderWhoseAnswerWasLostIsFoundByItsIdentifierWithItsFills) {
  const auto ids = lost_answer();
  look_up_now();
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(rows_.intent(ids), "COMPLETED");
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
  EXPECT_GE(rows_.count("fill"), 1);
  EXPECT_EQ(rows_.value("SELECT executed_volume = (SELECT sum(volume) FROM fill) FROM upbit_order"),
            "t");
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_EQ(sim_.creates(), 1);
}

TEST_F(SettlementTest, OnlyOrderNotFoundCountsForTheQuarantine) {
  const auto ids = rows_.entry();
  unknown(ids, 20);
  for (const char* answer :
       {R"("action":"respond","status":401,"error":{"name":"invalid_access_key","message":"x"})",
        R"("action":"respond","status":429)", R"("action":"respond","status":404,"body":"<html>")",
        R"("action":"respond","status":404,"error":{"name":"no_route","message":"x"})"}) {
    fault(R"({"on":"rest","method":"GET","path":"/v1/order","count":1,)" + std::string(answer) +
          "}");
    look_up_now();
    EXPECT_EQ(not_found(ids), 0) << answer;
  }
  look_up_now();
  EXPECT_EQ(not_found(ids), 1);
  EXPECT_EQ(rows_.attempt(ids), "UNKNOWN TIMEOUT");
}

TEST_F(SettlementTest, ANotFoundOfAKeyThatDoesNotKnowOurOrdersProvesNothing) {
  const auto known = rows_.entry();
  rows_.mark_sent(known);
  rows_.sql("UPDATE order_attempt SET status = 'ACKED', upbit_uuid = gen_random_uuid()");
  rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  const auto ids = rows_.entry();
  unknown(ids, 20);
  look_up_now();
  look_up_now();
  EXPECT_EQ(not_found(ids), 0);
}

TEST_F(SettlementTest, WhatTheIdentifierDoesNotShowIsFoundInTheLists) {
  const auto ids = lost_answer();
  fault(
      R"({"on":"rest","method":"GET","path":"/v1/order","count":3,"action":"respond","status":404,)"
      R"("error":{"name":"order_not_found","message":"x"}})");
  for (int i = 0; i < 3; ++i) look_up_now();
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(sim_.creates(), 1);
}

TEST_F(SettlementTest, AfterTwoMinutesTheMarketIsSuspendedAndLookingGoesOn) {
  const auto ids = rows_.entry();
  unknown(ids, 100);
  look_up_now();
  EXPECT_EQ(market(), "ACTIVE");
  rows_.sql("UPDATE order_attempt SET status = 'REJECTED', error_code = 'x'");
  rows_.sql("UPDATE order_intent SET status = 'CANCELED'");
  const auto old = rows_.entry();
  unknown(old, 121);
  look_up_now();
  look_up_now();
  EXPECT_EQ(market(), "SUSPENDED UNKNOWN_ORDER");
  EXPECT_EQ(rows_.events("MarketSuspended"), 1);
  EXPECT_EQ(not_found(old), 2);
  EXPECT_EQ(rows_.attempt(old), "UNKNOWN TIMEOUT");
}

TEST_F(SettlementTest, TheOwnerMayCallItAbsentOnlyAfterTheQuarantine) {
  const auto ids = rows_.entry();
  unknown(ids, 119);
  const auto resolve = [&] {
    return resolve_absent(rows_.pool(), rows_.owner(), ids.public_id, {"cli:7", 7}, &rows_.outbox(),
                          Deadline::after(seconds(10)));
  };
  rows_.sql("UPDATE order_attempt SET lookups_not_found = 5");
  const auto early = resolve();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, "QUARANTINE");
  rows_.age_attempts(5);
  rows_.sql("UPDATE order_attempt SET lookups_not_found = 4");
  const auto few = resolve();
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, "QUARANTINE");
  look_up_now();
  EXPECT_TRUE(resolve());
  EXPECT_EQ(rows_.attempt(ids), "REJECTED ABSENT");
  EXPECT_EQ(rows_.intent(ids), "CANCELED ABSENT");
  EXPECT_EQ(rows_.events("OrderRejected"), 1);
  EXPECT_EQ(rows_.count("audit_log WHERE action = 'attempt_resolve' AND actor_uid = 7"), 1);
  const auto again = resolve();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "NOT_UNKNOWN");
}

TEST_F(SettlementTest, AnOrderThatShowsUpAfterItsAbsenceIsBookedAndTheMarketSuspended) {
  const auto ids = lost_answer();
  rows_.age_attempts(130);
  rows_.sql("UPDATE order_attempt SET lookups_not_found = 5");
  ASSERT_TRUE(resolve_absent(rows_.pool(), rows_.owner(), ids.public_id, {"cli:0", 0}, nullptr,
                             Deadline::after(seconds(10))));
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "REJECTED ABSENT") << "looked for once an hour";
  rows_.age_attempts(3600);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(market(), "SUSPENDED ABSENT_ORDER_SHOWED_UP");
  EXPECT_GE(rows_.count("fill"), 1);
  EXPECT_EQ(rows_.value("SELECT status FROM position"), "OPEN");
  EXPECT_EQ(rows_.count("order_attempt"), 1) << "no new attempt for that intent";
}

TEST_F(SettlementTest, AnAbsentOneIsLookedForDuringSevenDays) {
  const auto ids = lost_answer();
  rows_.sql("UPDATE order_attempt SET status = 'REJECTED', error_code = 'ABSENT'");
  rows_.sql("UPDATE order_intent SET status = 'CANCELED'");
  rows_.age_attempts(7 * 86400);
  settlement().turn();
  EXPECT_EQ(rows_.attempt(ids), "REJECTED ABSENT");
}

// The account has been read, and then an order was sent of which nothing is found.
class AutoResolveTest : public SettlementTest {
 protected:
  AutoResolveTest() {
    read_accounts();
    ids_ = rows_.entry();
    one();
    rows_.sql("UPDATE order_attempt SET base_before = 0, status = 'SENT', sent_token = '" +
              rows_.instance().to_string() + ":x', sent_at = now() - interval '125 s'");
    rows_.sql(
        "UPDATE order_attempt SET status = 'UNKNOWN', error_code = 'TIMEOUT', "
        "lookups_not_found = 5");
  }
  void read_accounts() {
    rows_.sql(
        "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, reading_at) "
        "VALUES (" +
        std::to_string(rows_.owner().value()) +
        ", 'KRW', 'REAL', 1000000, 0, "
        "now())");
  }
  void look_three_times(bool resolve) {
    (void)settlement(resolve);
    for (int i = 0; i < 3; ++i) look_up_now();
  }

  test::OrderIds ids_;
};

TEST_F(AutoResolveTest, IsOffUnlessItWasSet) {
  look_three_times(false);
  EXPECT_EQ(rows_.attempt(ids_), "UNKNOWN TIMEOUT");
}

TEST_F(AutoResolveTest, EndsAnAttemptWithoutAnyTrace) {
  look_three_times(true);
  EXPECT_EQ(rows_.attempt(ids_), "REJECTED NOT_FOUND_CONFIRMED");
  EXPECT_EQ(rows_.intent(ids_), "CANCELED NOT_FOUND_CONFIRMED");
  EXPECT_EQ(market(), "SUSPENDED UNKNOWN_ORDER") << "releasing it is the owner's act";
}

TEST_F(AutoResolveTest, DoesNothingWhileTheCoinHasMoved) {
  sim_.post("/balance/main", R"({"currency":"BTC","balance":"0.00001"})");
  look_three_times(true);
  EXPECT_EQ(rows_.attempt(ids_), "UNKNOWN TIMEOUT");
}

TEST_F(AutoResolveTest, DoesNothingWithoutAReadingFromBefore) {
  rows_.sql("UPDATE order_attempt SET base_before = NULL");
  look_three_times(true);
  EXPECT_EQ(rows_.attempt(ids_), "UNKNOWN TIMEOUT");
}

TEST_F(AutoResolveTest, DoesNothingWhileAListCannotBeRead) {
  fault(R"({"on":"rest","path":"/v1/orders/closed","action":"respond","status":500})");
  look_three_times(true);
  EXPECT_EQ(rows_.attempt(ids_), "UNKNOWN TIMEOUT");
}

TEST_F(SettlementTest, TheCoinBeforeAnOrderIsKeptWhenItIsSent) {
  rows_.sql(
      "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, reading_at) "
      "VALUES (" +
      std::to_string(rows_.owner().value()) + ", 'BTC', 'REAL', 0.25, 0.5, now())");
  const auto ids = rows_.entry();
  EXPECT_EQ(one().executor.execute(ids.public_id), Executor::Result::kDone);
  EXPECT_EQ(rows_.value("SELECT base_before = 0.75 FROM order_attempt"), "t");
}

TEST_F(SettlementTest, MoreThanThreeUnknownInTenMinutesLeaveExitsOnly) {
  const auto limit = [&] {
    return bool(limit_unknown(rows_.pool(), rows_.outbox(), rows_.owner(), Mode::kReal));
  };
  const auto one_more = [&] {
    const auto ids = rows_.entry();
    unknown(ids, 1);
    rows_.sql(
        "UPDATE order_attempt SET status = 'REJECTED', error_code = 'x' "
        "WHERE status = 'UNKNOWN'");
    rows_.sql("UPDATE order_intent SET status = 'CANCELED'");
  };
  for (int i = 0; i < 3; ++i) one_more();
  EXPECT_TRUE(limit());
  EXPECT_EQ(account(), "ON");
  one_more();
  EXPECT_TRUE(limit());
  EXPECT_EQ(account(), "EXITS_ONLY UNKNOWN_ATTEMPTS") << "settled ones count as well";
  EXPECT_EQ(rows_.events("KillSwitchChanged"), 1);
  rows_.sql(
      "UPDATE kill_switch SET account_position = 'ON', reason_code = 'OWNER', "
      "changed_at = clock_timestamp()");
  EXPECT_TRUE(limit());
  EXPECT_EQ(account(), "ON OWNER") << "the owner has looked";
}

TEST_F(SettlementTest, ABlockThatAReadMeetsTurnsTradingOffForTheNextProcessToo) {
  BlockKeeper blocks({rows_.pool(), exchange_.gateway(), rows_.outbox(), clock_, rows_.owner()});
  fault(R"({"on":"rest","path":"/v1/accounts","count":1,"action":"respond","status":418,)"
        R"("seconds":42})");
  (void)exchange_.gateway().read(plugins::ExchangeOp::kAccounts, {}, net::RatePriority::kLookup);
  blocks.look();
  blocks.look();
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', side, count, length(seen_body_hash), "
                        "blocked_until - now() BETWEEN interval '20 s' AND interval '42 s') "
                        "FROM exchange_block"),
            "exchange 1 64 t");
  EXPECT_EQ(account(), "OFF UPBIT_BLOCKED_418");
  EXPECT_EQ(rows_.events("Blocked418"), 1);
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_FALSE(exchange_.gateway()
                   .read(plugins::ExchangeOp::kAccounts, {}, net::RatePriority::kLookup)
                   .wire.answered());
}

TEST_F(SettlementTest, ALimiterObeysABlockThatItDidNotMeetItself) {
  rows_.sql("INSERT INTO exchange_block (owner_id, side, blocked_until) VALUES (" +
            std::to_string(rows_.owner().value()) + ", 'exchange', now() + interval '1 min')");
  BlockKeeper blocks({rows_.pool(), exchange_.gateway(), rows_.outbox(), clock_, rows_.owner()});
  blocks.look();
  EXPECT_GT(exchange_.limiter().blocked_until(net::RateSide::kExchange),
            clock_.steady_now() + seconds(30));
}

class LostCommandTest : public SettlementTest {
 protected:
  void look() {
    LostCommands({rows_.pool(), exchange_clock_, rows_.owner(), Mode::kReal, rows_.instance(),
                  seconds(900),
                  [this](const Uuid& attempt) { return one().executor.settle_dead(attempt); }})
        .look();
  }
  // The command of the attempt, waiting in the queue.
  void queue(const test::OrderIds& ids) {
    auto tx = store::Transaction::begin(rows_.pool(), Deadline::after(seconds(10))).value();
    ASSERT_TRUE(rows_.outbox().add(
        tx, {kTradeCommands, "CreateOrderAttempt", "order_attempt", ids.attempt.value(), "KRW-BTC",
             "EXTREME_FLIP", "", R"({"attemptPublicId":")" + ids.public_id.to_string() + "\"}",
             std::nullopt}));
    ASSERT_TRUE(tx.commit().committed());
  }

  ExchangeClock exchange_clock_{clock_};
};

TEST_F(LostCommandTest, AnEntryWithoutACommandEndsWhenItIsStale) {
  const auto ids = rows_.entry("10000", 901);
  look();
  EXPECT_EQ(rows_.attempt(ids), "PREPARED") << "its command may not be visible yet";
  rows_.age_attempts(61);
  look();
  EXPECT_EQ(rows_.attempt(ids), "SUSPENDED COMMAND_LOST");
  EXPECT_EQ(rows_.intent(ids), "CANCELED COMMAND_LOST");
}

TEST_F(LostCommandTest, AFreshEntryWaitsForItsCommand) {
  const auto ids = rows_.entry("10000", 120);
  rows_.age_attempts(119);
  look();
  EXPECT_EQ(rows_.attempt(ids), "PREPARED");
}

TEST_F(LostCommandTest, AnExitWithoutACommandEndsAfterAMinute) {
  const auto entry = rows_.entry();
  rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED'");
  rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  const auto exit = rows_.exit(entry, "0.5");
  rows_.age_attempts(61);
  look();
  EXPECT_EQ(rows_.attempt(exit), "SUSPENDED COMMAND_LOST");
}

TEST_F(LostCommandTest, AnAttemptWhoseCommandWaitsIsLeftToIt) {
  const auto ids = rows_.entry("10000", 901);
  queue(ids);
  rows_.age_attempts(61);
  look();
  EXPECT_EQ(rows_.attempt(ids), "PREPARED");
}

TEST_F(LostCommandTest, ADeadCommandThatNobodySettledIsSettledAtTheNextStart) {
  const auto ids = rows_.entry();
  queue(ids);
  rows_.sql(
      "INSERT INTO outbox_dead (event_id, grp, \"row\") SELECT event_id, 'order-executor', "
      "row_to_json(e) FROM outbox_event e; DELETE FROM outbox_queue");
  look();
  EXPECT_EQ(rows_.attempt(ids), "SUSPENDED COMMAND_DEAD");
  EXPECT_EQ(rows_.intent(ids), "CANCELED COMMAND_DEAD");
}

// An order of ours at the exchange that ought to have ended: nothing is matched for an hour.
class StuckOrderTest : public SettlementTest {
 protected:
  StuckOrderTest() {
    sim_.post("/settings", R"({"matching_delay_ms":[3600000,3600000]})");
    ids_ = rows_.entry();
    EXPECT_EQ(one().executor.execute(ids_.public_id), Executor::Result::kDone);
    EXPECT_EQ(rows_.attempt(ids_), "ACKED");
    uuid_ = Uuid::parse(rows_.value("SELECT upbit_uuid FROM upbit_order")).value();
  }
  void look() { stuck_.look(); }
  void is_old() {
    rows_.sql(
        "UPDATE upbit_order SET ordered_at = ordered_at - interval '61 s', "
        "created_at = created_at - interval '61 s'");
  }
  auto cancel() {
    return request_cancel(rows_.pool(), rows_.owner(), uuid_, {"cli:7", 7},
                          Deadline::after(seconds(10)));
  }

  test::OrderIds ids_;
  Uuid uuid_;
  store::InstanceLock trader_ =
      store::InstanceLock::take(rows_.database().settings(), rows_.instance(),
                                Deadline::after(seconds(10)))
          .value();
  StuckOrders stuck_{{rows_.pool(), exchange_.gateway(), orders(), rows_.outbox(), clock_,
                      rows_.owner(), Mode::kReal}};
};

TEST_F(StuckOrderTest, IsToldOfOnceAndNeverCancelledByItself) {
  look();
  EXPECT_EQ(rows_.events("OrderStuck"), 0);
  is_old();
  look();
  look();
  EXPECT_EQ(rows_.events("OrderStuck"), 1);
  EXPECT_EQ(rows_.intent(ids_), "CREATED");
  EXPECT_EQ(rows_.value("SELECT state FROM upbit_order"), "wait");
  EXPECT_EQ(sim_.ledger().find("\"cancel\""), std::string::npos);
}

TEST_F(StuckOrderTest, TheOwnerMayCancelOnlyAStuckOne) {
  const auto early = cancel();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, "NOT_STUCK");
  is_old();
  look();
  ASSERT_TRUE(cancel());
  EXPECT_EQ(rows_.count("audit_log WHERE action = 'order_cancel' AND actor_uid = 7"), 1);
  // A cancellation takes its time like a match does; the order's own stays an hour away.
  sim_.post("/settings", R"({"matching_delay_ms":[0,2]})");
  for (int i = 0; i < 100 && rows_.value("SELECT state FROM upbit_order") == "wait"; ++i) {
    look();
    std::this_thread::sleep_for(milliseconds(100));
  }
  EXPECT_EQ(rows_.value("SELECT state FROM upbit_order"), "cancel");
  EXPECT_EQ(rows_.intent(ids_), "CANCELED UNFILLED");
  const auto late = cancel();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "NOT_STUCK");
}

TEST_F(StuckOrderTest, ACancelIsNotLeftToATraderThatDoesNotRun) {
  is_old();
  look();
  rows_.sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  const auto nobody = cancel();
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, "NO_TRADER");
}

TEST_F(StuckOrderTest, ACancelThatUpbitDoesNotTakeTellsNothingOfTheEnd) {
  is_old();
  look();
  fault(R"({"on":"rest","method":"DELETE","path":"/v1/order","count":1,"action":"respond",)"
        R"("status":404,"error":{"name":"order_not_found","message":"x"}})");
  ASSERT_TRUE(cancel());
  look();
  EXPECT_EQ(rows_.value("SELECT state FROM upbit_order"), "wait");
  EXPECT_EQ(rows_.intent(ids_), "CREATED");
}

}  // namespace
}  // namespace everbit::trading

#include <gtest/gtest.h>

#include "integration/trading/reconcile_fixture.h"
#include "trading/portfolio/position_adjustment.h"
#include "trading/reconcile/market_release.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

class ReconcileTest : public ReconcileFixture {
 protected:
  std::string origin_of(const std::string& uuid) const {
    return rows_.value("SELECT origin FROM upbit_order WHERE upbit_uuid = '" + uuid + "'");
  }
  std::string our_identifier() const {
    return std::string("eb-") + test::OrderRows::kTag + "-" +
           Uuid::make_v7(clock_.now()).to_string();
  }
  // Two readings that are far enough apart.
  void compare_twice() {
    reconcile();
    wait(seconds(10));
    reconcile();
  }
  Result<bool> release() {
    return release_market(rows_.pool(), rows_.owner(), Mode::kReal,
                          {"KRW-BTC", "checked", "test", 7}, Deadline::after(seconds(30)));
  }
  std::string release_refused() {
    const auto done = release();
    return done ? "" : done.error().code;
  }
  void take_coins(const std::string& left) {
    sim_.post("/balance/main", R"({"currency":"BTC","balance":")" + left + R"("})");
  }
  std::string last_run() const {
    return rows_.value(
        "SELECT concat_ws(' ', cause, result, repaired) FROM reconcile_run ORDER BY id DESC LIMIT "
        "1");
  }
};

TEST_F(ReconcileTest, AnOrderThatFilledWhileNobodyListenedIsBooked) {
  const auto ids = bought("10000");
  reconcile();
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(rows_.intent(ids), "COMPLETED");
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
  EXPECT_EQ(rows_.value("SELECT trim_scale(fee) FROM fill"), "5");
  EXPECT_EQ(last_run().substr(0, 10), "START DONE");
  // Told again it changes nothing.
  reconcile();
  EXPECT_EQ(fills(), 1);
  EXPECT_EQ(last_run(), "RECONNECT DONE 0");
}

TEST_F(ReconcileTest, MissedFillsOfAnAcknowledgedOrderAreBooked) {
  book(R"([["100000000","0.00004"],["100001000","0.00003"],["100002000","1"]])",
       R"([["99999000","10"]])");
  const auto ids = rows_.entry("10000");
  rows_.mark_sent(ids);
  plugins::Order accepted;
  accepted.uuid = buy(ids.identifier, "10000");
  accepted.identifier = ids.identifier;
  accepted.market = "KRW-BTC";
  accepted.type = plugins::OrderType::kPrice;
  ASSERT_TRUE(sync_.apply(accepted, {}, FillSource::kWebSocket));
  ASSERT_TRUE(eventually([&] { return coins() > Decimal(); }));
  reconcile();
  EXPECT_EQ(fills(), 3);
  EXPECT_EQ(rows_.intent(ids), "COMPLETED") << "a market buy ends as cancel";
  EXPECT_EQ(rows_.value("SELECT sum(volume) = " + coins().to_string() + " FROM fill"), "t");
}

TEST_F(ReconcileTest, AnUnknownAttemptWhoseOrderStandsInAListIsFound) {
  const auto resting = rows_.entry("10000");
  rows_.mark_sent(resting);
  rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN', error_code = 'TIMEOUT'");
  bid(resting.identifier, "90000000", "0.0001");
  reconcile();
  EXPECT_EQ(rows_.attempt(resting), "ACKED");
  EXPECT_EQ(rows_.intent(resting), "CREATED");
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
}

TEST_F(ReconcileTest, OrdersOfSomebodyElseAreRecordedAndNeverTouched) {
  const std::string open = bid("", "90000000", "0.0002");
  const std::string named = bid("my-own-order", "90000000", "0.0001");
  const std::string closed = buy("", "20000");
  ASSERT_TRUE(eventually([&] { return coins() > Decimal(); }));
  reconcile();
  for (const std::string& uuid : {open, named, closed}) EXPECT_EQ(origin_of(uuid), "FOREIGN");
  EXPECT_EQ(rows_.count("position"), 0);
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_EQ(rows_.value("SELECT state FROM upbit_order WHERE upbit_uuid = '" + closed + "'"),
            "done");
  EXPECT_NE(sim_.ledger().find(R"("state":"wait")"), std::string::npos) << "it was cancelled";
}

TEST_F(ReconcileTest, AnOrderOfOursThatTheDatabaseLacksIsBookedAsOrphanAndStopsItsMarket) {
  const std::string uuid = buy(our_identifier(), "10000");
  ASSERT_TRUE(eventually([&] { return coins() > Decimal(); }));
  reconcile();
  EXPECT_EQ(origin_of(uuid), "ORPHAN");
  EXPECT_EQ(fills(), 1);
  EXPECT_EQ(rows_.count("position"), 0);
  EXPECT_EQ(market(), "SUSPENDED ORPHAN_ORDER");
  EXPECT_EQ(rows_.events("MarketSuspended"), 1);
}

TEST_F(ReconcileTest, ARestingOrphanIsFollowedToItsEnd) {
  const std::string uuid = bid(our_identifier(), "90000000", "0.0001");
  reconcile();
  EXPECT_EQ(fills(), 0);
  sim_.post("/trades/KRW-BTC",
            R"({"trades":[{"price":"90000000","volume":"0.0001","side":"ask"}]})");
  ASSERT_TRUE(eventually([&] { return coins() > Decimal(); }));
  reconcile();
  EXPECT_EQ(fills(), 1);
  EXPECT_EQ(rows_.count("upbit_order WHERE closed_at IS NOT NULL"), 1);
}

TEST_F(ReconcileTest, FewerCoinsThanThePositionStopTheMarketAfterTwoReadings) {
  (void)bought();
  reconcile();
  take_coins("0.00006");
  reconcile();
  EXPECT_EQ(market(), "ACTIVE") << "one reading decides nothing";
  wait(seconds(9));
  reconcile();
  EXPECT_EQ(market(), "ACTIVE") << "the second reading came too soon";
  wait(seconds(1));
  reconcile();
  EXPECT_EQ(market(), "SUSPENDED POSITION_MISMATCH");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', trim_scale(held), trim_scale(at_exchange)) "
                        "FROM position_mismatch"),
            "0.0001 0.00006");
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0") << "it repairs no position by itself";
  EXPECT_EQ(fills(), 1) << "no fill is invented";
}

TEST_F(ReconcileTest, MoreCoinsThanThePositionAreReportedAndTradingGoesOn) {
  (void)bought();
  reconcile();
  take_coins("0.5");
  compare_twice();
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_EQ(rows_.count("position_mismatch"), 1);
  take_coins("0.0001");
  reconcile();
  EXPECT_EQ(rows_.count("position_mismatch"), 0) << "it agrees again";
}

TEST_F(ReconcileTest, ReadingsThatDifferFromOneAnotherDecideNothing) {
  (void)bought();
  reconcile();
  for (const char* left : {"0.00006", "0.00005", "0.00004"}) {
    take_coins(left);
    reconcile();
    wait(seconds(20));
  }
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_EQ(rows_.count("position_mismatch"), 0);
}

TEST_F(ReconcileTest, AFillBetweenTheReadingsOrAnOpenIntentIsNoMismatch) {
  const auto entry = bought();
  reconcile();
  take_coins("0.00006");
  reconcile();
  const auto exit = rows_.exit(entry, "0.00006");
  wait(seconds(20));
  reconcile();
  EXPECT_EQ(market(), "ACTIVE") << "an order is on its way";
  rows_.mark_sent(exit);
  sell(exit.identifier, "0.00006");
  ASSERT_TRUE(eventually([&] { return coins() == Decimal(); }));
  wait(seconds(20));
  reconcile();
  EXPECT_EQ(rows_.intent(exit), "COMPLETED");
  EXPECT_EQ(market(), "ACTIVE") << "a fill came between the readings";
}

TEST_F(ReconcileTest, LockedCoinsCount) {
  (void)bought();
  reconcile();
  order_at_exchange("", {{"market", "KRW-BTC"},
                         {"side", "ask"},
                         {"ord_type", "limit"},
                         {"volume", "0.0001"},
                         {"price", "200000000"}});
  compare_twice();
  EXPECT_EQ(rows_.count("position_mismatch"), 0);
}

TEST_F(ReconcileTest, TheOwnerSettlesAMismatchAndReleasesTheMarket) {
  (void)bought();
  reconcile();
  take_coins("0.00006");
  compare_twice();
  ASSERT_EQ(market(), "SUSPENDED POSITION_MISMATCH");
  EXPECT_EQ(release_refused(), "POSITION_MISMATCH");
  const auto adjusted = adjust_position(
      rows_.pool(), rows_.owner(), Mode::kReal,
      {"KRW-BTC", Decimal::of("0.00006"), Decimal::of("99000000"), "sold by hand", "test", 7},
      Deadline::after(seconds(30)));
  ASSERT_TRUE(adjusted) << to_string(adjusted.error());
  EXPECT_EQ(rows_.count("position_mismatch"), 0);
  const auto released = release();
  ASSERT_TRUE(released) << to_string(released.error());
  EXPECT_TRUE(*released);
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_FALSE(release().value()) << "ACTIVE stays ACTIVE";
  compare_twice();
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', action, target, before_json ->> "
                        "'suspendReasonCode', after_json ->> 'reason') FROM audit_log "
                        "WHERE action = 'unsuspend'"),
            "unsuspend KRW-BTC POSITION_MISMATCH checked");
}

TEST_F(ReconcileTest, NothingIsReleasedWhileTheEndOfAnAttemptIsUnknown) {
  const auto ids = rows_.entry();
  rows_.mark_sent(ids);
  rows_.sql(
      "UPDATE market_state SET trade_status = 'SUSPENDED', suspend_reason_code = 'X', "
      "suspended_at = now()");
  EXPECT_EQ(release_refused(), "MARKET_HAS_UNKNOWN");
  rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN', error_code = 'TIMEOUT'");
  EXPECT_EQ(release_refused(), "MARKET_HAS_UNKNOWN");
  EXPECT_EQ(market(), "SUSPENDED X");
}

TEST_F(ReconcileTest, AnExchangeThatDoesNotAnswerLeavesEverythingAsItIs) {
  (void)bought();
  sim_.post("/faults", R"({"on":"rest","path":"/v1/accounts","action":"respond","status":503})");
  reconcile();
  EXPECT_EQ(last_run().substr(0, 16), "START INCOMPLETE");
  EXPECT_EQ(first_done_, 0) << "orders may go out although the account was not read";
  EXPECT_EQ(rows_.count("account_balance"), 0);
}

TEST_F(ReconcileTest, OrdersMayGoOutAfterTheFirstReadingOnce) {
  reconcile();
  reconcile();
  EXPECT_EQ(first_done_, 1);
}

TEST_F(ReconcileTest, ATraderThatWasReplacedWritesNothing) {
  (void)bought();
  rows_.sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  reconcile();
  EXPECT_EQ(fenced_, 1);
  EXPECT_EQ(fills(), 0);
}

TEST_F(ReconcileTest, WhoAsksWhileARunWaitsGetsThatRun) {
  RunLog log(rows_.pool(), rows_.owner());
  const Uuid first = log.request(ReconcileScope::kOpenOrdersOnly, "test").value();
  EXPECT_EQ(log.request(ReconcileScope::kFull, "test").value(), first);
  EXPECT_EQ(log.state(first).value(), "WAITING");
  (void)bought();
  reconciler_->turn();
  EXPECT_EQ(log.state(first).value(), "DONE");
  EXPECT_EQ(fills(), 1) << "the wider scope was forgotten";
  EXPECT_NE(log.request(ReconcileScope::kFull, "test").value(), first);
}

TEST_F(ReconcileTest, ItRunsByItselfEveryInterval) {
  reconcile();
  const int runs = rows_.count("reconcile_run");
  reconciler_->turn();
  wait(seconds(59));
  reconciler_->turn();
  EXPECT_EQ(rows_.count("reconcile_run"), runs);
  wait(seconds(1));
  reconciler_->turn();
  EXPECT_EQ(rows_.count("reconcile_run"), runs + 1);
  EXPECT_EQ(last_run(), "SCHEDULE DONE 0");
}

TEST_F(ReconcileTest, OneMarketIsReadWhenItIsAskedFor) {
  reconcile();
  const auto ids = bought();
  reconciler_->request_market("KRW-BTC");
  reconciler_->turn();
  EXPECT_EQ(rows_.intent(ids), "COMPLETED");
}

TEST_F(ReconcileTest, AnEndedOrderWhoseTradesDoNotSumUpStopsItsMarket) {
  const auto ids = bought();
  reconcile();
  rows_.sql("ALTER TABLE upbit_order DISABLE TRIGGER ALL");
  rows_.sql("UPDATE upbit_order SET closed_at = NULL, executed_volume = 0.0002");
  reconcile();
  EXPECT_EQ(market(), "ACTIVE");
  wait(seconds(10));
  reconcile();
  EXPECT_EQ(market(), "SUSPENDED FILLS_MISSING");
  EXPECT_EQ(fills(), 1);
}

}  // namespace
}  // namespace everbit::trading

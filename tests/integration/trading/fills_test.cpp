#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "integration/trading/fills_fixture.h"

namespace everbit::trading {
namespace {

using plugins::Fill;
using plugins::Order;
using plugins::OrderState;

class FillsTest : public Fills {};

TEST_F(FillsTest, AFillThatIsToldTwiceIsBookedOnce) {
  const auto ids = sent_entry();
  const Order trade_message = order(ids, OrderState::kTrade, "0.0001");
  const Fill one = fill(trade_message, "100000000", "0.0001", "5");
  for (int i = 0; i < 3; ++i) apply(trade_message, {one});
  apply(trade_message, {one}, FillSource::kRest);
  EXPECT_EQ(rows_.count("fill"), 1);
  EXPECT_EQ(rows_.count("fill_conflict"), 0);
  EXPECT_EQ(rows_.events("OrderFilled"), 1);
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
}

TEST_F(FillsTest, ADuplicateThatDiffersChangesNothingAndIsKept) {
  const auto ids = sent_entry();
  const Order trade_message = order(ids, OrderState::kTrade, "0.0001");
  Fill one = fill(trade_message, "100000000", "0.0001", "5");
  apply(trade_message, {one});
  one.price = Decimal::of("99000000");
  apply(trade_message, {one});
  apply(trade_message, {one});
  EXPECT_EQ(rows_.value("SELECT trim_scale(price) FROM fill_conflict"), "99000000");
  EXPECT_EQ(rows_.count("fill_conflict"), 1);
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
}

TEST_F(FillsTest, AFillThatComesBeforeTheAnswerAcknowledgesTheAttempt) {
  const auto ids = sent_entry();
  const Order early = order(ids, OrderState::kTrade, "0.0001");
  apply(early, {fill(early, "100000000", "0.0001", "5")});
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  // The answer of the create-order, late and weaker.
  apply(order(ids, OrderState::kWait));
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
  EXPECT_EQ(rows_.value("SELECT trim_scale(executed_volume) FROM upbit_order"), "0.0001");
}

TEST_F(FillsTest, AnOrderClosesWhicheverOfDoneAndItsFillsComesFirst) {
  for (const bool done_first : {true, false}) {
    const auto ids = sent_entry();
    const Order trade_message = order(ids, OrderState::kTrade, "0.0001");
    const Order done = order(ids, OrderState::kDone, "0.0001", "5");
    const Fill one = fill(done, "100000000", "0.0001", "5");
    if (done_first) {
      apply(done);
      EXPECT_EQ(rows_.intent(ids), "CREATED") << "closed before its fill was booked";
      apply(trade_message, {one});
    } else {
      apply(trade_message, {one});
      EXPECT_EQ(rows_.intent(ids), "CREATED") << "closed before it was final";
      apply(done);
    }
    EXPECT_EQ(rows_.intent(ids), "COMPLETED");
    EXPECT_EQ(rows_.count("upbit_order WHERE closed_at IS NULL"), 0);
    // A position of its own for the other order of events.
    rows_.sql("UPDATE trade SET closed_at = opened_at, profit = 0 WHERE closed_at IS NULL");
  }
  EXPECT_EQ(rows_.events("OrderDone"), 2);
}

TEST_F(FillsTest, AMarketBuyThatEndsAsCancelWithExecutionIsCompleted) {
  const auto ids = sent_entry();
  const Order cancelled = order(ids, OrderState::kCancel, "0.0001", "5");
  apply(cancelled, {fill(cancelled, "100000000", "0.0001", "5")});
  EXPECT_EQ(rows_.intent(ids), "COMPLETED");
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
}

TEST_F(FillsTest, AnEntryThatFilledNothingIsCancelledAndLeavesNoPosition) {
  const auto ids = sent_entry();
  apply(order(ids, OrderState::kWait));
  apply(order(ids, OrderState::kCancel));
  EXPECT_EQ(rows_.intent(ids), "CANCELED UNFILLED");
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(rows_.count("position"), 0);
  EXPECT_EQ(rows_.count("trade"), 0);
}

TEST_F(FillsTest, AverageFeesAndProfitAreExactToTheLastDigit) {
  const auto entry = sent_entry();
  const Order buy = order(entry, OrderState::kDone, "0.00030003", "15.00085005");
  apply(buy, {fill(buy, "100000001", "0.00010001", "5.0005"),
              fill(buy, "100000003", "0.00020002", "10.00035005")});
  // (100000001 × 0.00010001 + 100000003 × 0.00020002) / 0.00030003
  EXPECT_EQ(position(), "OPEN 0.00030003 100000002.333333333333333333 0");

  const auto first = sent_exit(entry, "0.0001");
  const Order sold_first = order(first, OrderState::kDone, "0.0001", "5.5");
  apply(sold_first, {fill(sold_first, "110000000", "0.0001", "5.5")});
  EXPECT_EQ(rows_.intent(first), "COMPLETED");
  EXPECT_EQ(position(), "OPEN 0.00020003 100000002.333333333333333333 0");

  const auto rest = sent_exit(entry, "0.00020003");
  const Order sold_rest = order(rest, OrderState::kDone, "0.00020003", "10.00");
  apply(sold_rest, {fill(sold_rest, "99999999", "0.00020003", "10.00")});
  EXPECT_EQ(position(), "FLAT 0 100000002.333333333333333333 0");
  // 11000 + 20002.99979997 - 30003.00070007 - 30.50085005
  EXPECT_EQ(trade(), "0.00030003 0.00030003 30.50085005 969.49824985 closed");
  EXPECT_EQ(rows_.value("SELECT sum(realized_pnl) - 969.49824985 BETWEEN -1e-17 AND 1e-17 "
                        "FROM fill"),
            "t")
      << "the profits of the fills do not add up to the trade's";
}

TEST_F(FillsTest, WhatCannotBeSoldIsDustAndEndsTheTrade) {
  const auto entry = bought("100000000", "0.0003", "15");
  const auto exit = sent_exit(entry, "0.0003");
  const Order cancelled = order(exit, OrderState::kCancel, "0.00026", "13");
  apply(cancelled, {fill(cancelled, "100000000", "0.00026", "13")});
  EXPECT_EQ(rows_.intent(exit), "COMPLETED");
  EXPECT_EQ(position(), "FLAT 0 100000000 0.00004");
  EXPECT_EQ(trade(), "0.0003 0.00026 28 -4028 closed");
}

TEST_F(FillsTest, ARestThatCanBeSoldStaysAPosition) {
  const auto entry = bought("100000000", "0.0003", "15");
  const auto exit = sent_exit(entry, "0.0003");
  const Order cancelled = order(exit, OrderState::kCancel, "0.00025", "12.5");
  apply(cancelled, {fill(cancelled, "100000000", "0.00025", "12.5")});
  EXPECT_EQ(position(), "OPEN 0.00005 100000000 0");
  EXPECT_EQ(trade(), "0.0003 0.00025 27.5 - open");
}

TEST_F(FillsTest, DustIsSoldWithTheNextExitAndCountedOnce) {
  const auto first = bought("100000000", "0.0003", "15");
  const auto partly = sent_exit(first, "0.0003");
  const Order cancelled = order(partly, OrderState::kCancel, "0.00026", "13");
  apply(cancelled, {fill(cancelled, "100000000", "0.00026", "13")});

  const auto second = bought("110000000", "0.0001", "5.5");
  EXPECT_EQ(position(), "OPEN 0.0001 110000000 0.00004") << "dust does not move the average";
  const auto all = sent_exit(second, "0.00014");
  const Order sold = order(all, OrderState::kDone, "0.00014", "7.7");
  apply(sold,
        {fill(sold, "110000000", "0.00008", "4.4"), fill(sold, "110000000", "0.00006", "3.3")});
  EXPECT_EQ(position(), "FLAT 0 110000000 0");
  EXPECT_EQ(trade(), "0.0001 0.00014 13.2 4386.8 closed");
}

TEST_F(FillsTest, FillsReadByRestShareOutTheOrdersFeeToTheLastDigit) {
  const auto ids = sent_entry();
  const Order done = order(ids, OrderState::kDone, "0.0003", "10.000000000000000001");
  apply(done,
        {fill(done, "100000000", "0.0001"), fill(done, "100000000", "0.0001"),
         fill(done, "100000000", "0.0001")},
        FillSource::kRest);
  EXPECT_EQ(rows_.value("SELECT sum(fee) FROM fill"), "10.000000000000000001");
  EXPECT_EQ(rows_.count("fill WHERE fee IS NULL"), 0);
  EXPECT_EQ(rows_.value("SELECT fees FROM trade"), "10.000000000000000001");
}

TEST_F(FillsTest, TheLastFillTakesWhatTheKnownFeesLackOfThePaidFee) {
  const auto ids = sent_entry();
  const Order trade_message = order(ids, OrderState::kTrade, "0.0001");
  const Order done = order(ids, OrderState::kDone, "0.0002", "10.01");
  apply(trade_message, {fill(done, "100000000", "0.0001", "5")});
  apply(done, {fill(done, "100000000", "0.0001", "5")});
  EXPECT_EQ(rows_.value("SELECT trim_scale(sum(fee)) FROM fill"), "10.01");
  EXPECT_EQ(rows_.value("SELECT trim_scale(fees) FROM trade"), "10.01");
}

TEST_F(FillsTest, AnOrderOfSomebodyElseIsRecordedAndNeverTouched) {
  Order foreign = order(sent_entry(), OrderState::kDone, "0.5", "100");
  foreign.uuid = new_uuid();
  foreign.identifier = "my-own-order";
  apply(foreign, {fill(foreign, "100000000", "0.5", "100")});
  EXPECT_EQ(rows_.value("SELECT origin FROM upbit_order"), "FOREIGN");
  EXPECT_EQ(rows_.count("position"), 0);
  EXPECT_EQ(rows_.events("OrderFilled"), 0);
  EXPECT_EQ(market(), "ACTIVE");
}

TEST_F(FillsTest, AnOrderInAMarketThatIsNotTradedIsRecordedToo) {
  Order foreign = order(sent_entry(), OrderState::kWait);
  foreign.uuid = new_uuid();
  foreign.identifier = "";
  foreign.market = "KRW-DOGE";
  apply(foreign);
  EXPECT_EQ(rows_.value("SELECT origin FROM upbit_order WHERE market = 'KRW-DOGE'"), "FOREIGN");
  EXPECT_EQ(rows_.value("SELECT enabled FROM market_config WHERE market = 'KRW-DOGE'"), "f");
}

TEST_F(FillsTest, AnOrderWithOurTagThatNobodyKnowsStopsTheMarket) {
  Order orphan = order(sent_entry(), OrderState::kTrade, "0.5");
  orphan.uuid = new_uuid();
  orphan.identifier = "eb-abc123-" + Uuid::make_v7(SystemClock().now()).to_string();
  const Fill one = fill(orphan, "100000000", "0.5", "100");
  apply(orphan, {one});
  apply(orphan, {one});
  EXPECT_EQ(rows_.value("SELECT origin FROM upbit_order"), "ORPHAN");
  EXPECT_EQ(rows_.count("fill"), 1);
  EXPECT_EQ(market(), "SUSPENDED ORPHAN_ORDER");
  EXPECT_EQ(rows_.events("MarketSuspended"), 1);
  EXPECT_EQ(rows_.count("position"), 0);
}

TEST_F(FillsTest, ASecondOrderUnderOneIdentifierStopsTheMarket) {
  const auto ids = sent_entry();
  apply(order(ids, OrderState::kWait));
  Order second = order(ids, OrderState::kWait);
  second.uuid = new_uuid();
  apply(second);
  EXPECT_EQ(rows_.value("SELECT string_agg(origin, ' ' ORDER BY id) FROM upbit_order"),
            "OURS ORPHAN");
  EXPECT_EQ(market(), "SUSPENDED ORPHAN_ORDER");
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
}

TEST_F(FillsTest, AnOrderOfAnAttemptThatWasNeverSentStopsTheMarket) {
  apply(order(rows_.entry(), OrderState::kWait));
  EXPECT_EQ(rows_.value("SELECT origin FROM upbit_order"), "ORPHAN");
  EXPECT_EQ(market(), "SUSPENDED ORPHAN_ORDER");
}

TEST_F(FillsTest, AnOrderThatShowsUpAfterItWasTakenForAbsentIsBookedAndStopsTheMarket) {
  const auto ids = sent_entry();
  const std::string at = " WHERE id = " + std::to_string(ids.attempt.value());
  rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN'" + at);
  rows_.sql("UPDATE order_attempt SET status = 'REJECTED', error_code = 'ABSENT'" + at);
  const Order late = order(ids, OrderState::kTrade, "0.0001");
  apply(late, {fill(late, "100000000", "0.0001", "5")});
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
  EXPECT_EQ(market(), "SUSPENDED ABSENT_ORDER_SHOWED_UP");
}

TEST_F(FillsTest, ALateWeakerMessageChangesNothing) {
  const auto ids = bought("100000000", "0.0001", "5");
  const std::string all =
      "SELECT concat_ws(' ', state, executed_volume, paid_fee, closed_at) FROM upbit_order";
  const std::string before = rows_.value(all);
  apply(order(ids, OrderState::kWait));
  apply(order(ids, OrderState::kTrade, "0.00005"));
  apply(order(ids, OrderState::kCancel, "0.00005", "1"));
  EXPECT_EQ(rows_.value(all), before);
  EXPECT_EQ(rows_.intent(ids), "COMPLETED");
  EXPECT_EQ(rows_.events("OrderDone"), 1);
}

TEST_F(FillsTest, TheExecutorAndThePrivateFeedAcceptAnOrderTogetherOnce) {
  const auto ids = sent_entry();
  const Order seen = order(ids, OrderState::kWait);
  std::vector<std::thread> both;
  std::atomic<int> failed{0};
  for (int i = 0; i < 4; ++i) {
    both.emplace_back([&] {
      if (!sync_.apply(seen, {}, FillSource::kWebSocket)) ++failed;
    });
  }
  for (std::thread& one : both) one.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(rows_.count("upbit_order"), 1);
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
}

TEST_F(FillsTest, OnlyOurUnfinishedOrdersAreAskedForAgain) {
  const auto ids = sent_entry();
  const Order waiting = order(ids, OrderState::kWait);
  apply(waiting);
  Order foreign = waiting;
  foreign.uuid = new_uuid();
  foreign.identifier.clear();
  apply(foreign);
  EXPECT_EQ(sync_.unfinished().value(), std::vector<std::string>{waiting.uuid});
  EXPECT_TRUE(sync_.knows(foreign.uuid).value());
  EXPECT_FALSE(sync_.knows(new_uuid()).value());
}

}  // namespace
}  // namespace everbit::trading

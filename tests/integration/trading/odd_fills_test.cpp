#include <gtest/gtest.h>

#include "integration/trading/fills_fixture.h"

namespace everbit::trading {
namespace {

using plugins::Fill;
using plugins::Order;
using plugins::OrderState;

// Fills that differ from what is stored, come too late, or come without their fee.
class OddFills : public Fills {
 protected:
  OrderSync::Applied applied(const Order& order, const std::vector<Fill>& fills,
                             FillSource source) {
    auto result = sync_.apply(order, fills, source);
    EXPECT_TRUE(result) << to_string(result.error());
    return result ? *result : OrderSync::Applied{};
  }
  std::string profits_add_up() const {
    return rows_.value(
        "SELECT (SELECT sum(realized_pnl) FROM fill) = (SELECT sum(profit) FROM trade)");
  }
  void take_for_absent(const test::OrderIds& ids) {
    const std::string attempt = std::to_string(ids.attempt.value());
    rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN' WHERE id = " + attempt);
    rows_.sql("UPDATE order_attempt SET status = 'REJECTED', error_code = 'ABSENT' WHERE id = " +
              attempt);
    rows_.sql("UPDATE order_intent SET status = 'CANCELED', reason_code = 'ABSENT' WHERE id = " +
              std::to_string(ids.intent.value()));
  }
};

TEST_F(OddFills, AConflictIsReadAgainAndSettledByASumThatAgrees) {
  const auto ids = sent_entry();
  const Order traded = order(ids, OrderState::kTrade, "0.0001");
  Fill one = fill(traded, "100000000", "0.0001", "5");
  EXPECT_FALSE(applied(traded, {one}, FillSource::kWebSocket).read_again);
  one.price = Decimal::of("99000000");
  EXPECT_TRUE(applied(traded, {one}, FillSource::kWebSocket).read_again);
  EXPECT_EQ(market(), "ACTIVE") << "stopped before the order was read by REST";

  one.price = Decimal::of("100000000");
  const Order done = order(ids, OrderState::kDone, "0.0001", "5");
  EXPECT_FALSE(applied(done, {one}, FillSource::kRest).read_again);
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_EQ(rows_.intent(ids), "COMPLETED");
  EXPECT_EQ(rows_.count("fill_conflict"), 1) << "what was told is kept";
}

TEST_F(OddFills, AConflictWhoseSumStaysWrongStopsTheMarket) {
  const auto ids = sent_entry();
  const Order traded = order(ids, OrderState::kTrade, "0.0001");
  Fill one = fill(traded, "100000000", "0.0001", "5");
  apply(traded, {one});
  one.volume = Decimal::of("0.0002");
  const Order done = order(ids, OrderState::kDone, "0.0002", "10");
  EXPECT_TRUE(applied(done, {one}, FillSource::kWebSocket).read_again);
  EXPECT_EQ(market(), "ACTIVE");
  EXPECT_TRUE(applied(done, {one}, FillSource::kRest).lacks_fills);
  EXPECT_EQ(market(), "SUSPENDED FILL_CONFLICT");
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0") << "the first version stays";
  EXPECT_EQ(rows_.intent(ids), "CREATED");
  EXPECT_EQ(rows_.events("MarketSuspended"), 1);
}

TEST_F(OddFills, AFillReadByRestHasItsFeeBeforeTheOrderEnds) {
  const auto ids = sent_entry();
  const Order open = order(ids, OrderState::kWait, "0.0003", "15.0007001");
  apply(open, {fill(open, "100000001", "0.0001"), fill(open, "100007000.5", "0.0002")},
        FillSource::kRest);
  EXPECT_EQ(rows_.value("SELECT string_agg(trim_scale(fee)::text, ' ' ORDER BY volume) FROM fill"),
            "5.00000005 10.00070005");
}

TEST_F(OddFills, WithoutAllTradesTheFeeStaysOpen) {
  const auto ids = sent_entry();
  const Order open = order(ids, OrderState::kWait, "0.0003", "15");
  apply(open, {fill(open, "100000000", "0.0001")}, FillSource::kRest);
  EXPECT_EQ(rows_.count("fill WHERE fee IS NULL"), 1);
}

TEST_F(OddFills, AnEntryThatWasTakenForAbsentDoesNotPushAsideTheOneThatFollowed) {
  const auto absent = sent_entry();
  take_for_absent(absent);
  const auto second = bought("110000000", "0.0002", "11");
  // Now the first shows up, filled.
  const Order late = order(absent, OrderState::kDone, "0.0001", "5");
  apply(late, {fill(late, "100000000", "0.0001", "5")});
  EXPECT_EQ(rows_.attempt(absent), "ACKED");
  EXPECT_EQ(market(), "SUSPENDED ABSENT_ORDER_SHOWED_UP");
  EXPECT_EQ(position(), "OPEN 0.0002 110000000 0.0001") << "its coins are sold with the next exit";
  EXPECT_EQ(rows_.intent(absent), "COMPLETED");
  EXPECT_EQ(rows_.intent(second), "COMPLETED");
  EXPECT_EQ(rows_.count("trade WHERE closed_at IS NULL"), 1);

  const auto exit = sent_exit(second, "0.0003");
  const Order sold = order(exit, OrderState::kDone, "0.0003", "18");
  apply(sold, {fill(sold, "120000000", "0.0003", "18")});
  EXPECT_EQ(position(), "FLAT 0 110000000 0");
  // 36000 - 18 - 22000 - 11 - 10000 - 5
  EXPECT_EQ(rows_.value("SELECT trim_scale(sum(profit)) FROM trade"), "3966");
}

TEST_F(OddFills, AnAbsentEntryThatShowsUpAloneIsThePositionAndItsIntentCompletes) {
  const auto absent = sent_entry();
  take_for_absent(absent);
  const Order open = order(absent, OrderState::kWait, "0.0001", "5");
  apply(open, {fill(open, "100000000", "0.0001", "5")});
  EXPECT_EQ(rows_.intent(absent), "CANCELED ABSENT") << "not before its end";
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
  const Order done = order(absent, OrderState::kDone, "0.0001", "5");
  apply(done);
  EXPECT_EQ(rows_.intent(absent), "COMPLETED");
  EXPECT_EQ(rows_.attempt(absent), "ACKED");
  EXPECT_EQ(market(), "SUSPENDED ABSENT_ORDER_SHOWED_UP");
}

TEST_F(OddFills, AnAbsentOrderThatEndedWithoutAFillStaysCancelledAsItWas) {
  const auto absent = sent_entry();
  take_for_absent(absent);
  apply(order(absent, OrderState::kCancel, "0", "0"), {});
  EXPECT_EQ(rows_.intent(absent), "CANCELED ABSENT");
  EXPECT_EQ(rows_.attempt(absent), "ACKED");
}

// Two entries of one market: the order of the first is taken for absent, the second is under way
// when the first shows up. Whichever fills first is the position; the other's coins are not lost.
TEST_F(OddFills, AnAbsentEntryThatFillsBeforeTheOneThatFollowedKeepsBothInTheBooks) {
  const auto absent = sent_entry();
  take_for_absent(absent);
  const auto second = sent_entry();
  const Order late = order(absent, OrderState::kDone, "0.0001", "5");
  apply(late, {fill(late, "100000000", "0.0001", "5")});
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
  const Order other = order(second, OrderState::kDone, "0.0002", "11");
  apply(other, {fill(other, "110000000", "0.0002", "11")});
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0.0002") << "what is held is all there";
  EXPECT_EQ(rows_.intent(absent), "COMPLETED");
  EXPECT_EQ(rows_.intent(second), "COMPLETED");
}

TEST_F(OddFills, TheProfitsOfTheFillsAddUpToTheTradesAlsoWithDust) {
  const auto first = bought("100000003", "0.0003", "15.0000045");
  const auto partly = sent_exit(first, "0.0003");
  const Order cancelled = order(partly, OrderState::kCancel, "0.00026", "13");
  apply(cancelled, {fill(cancelled, "100000001", "0.00007", "3.5"),
                    fill(cancelled, "99999999", "0.00019", "9.5")});
  EXPECT_EQ(profits_add_up(), "t");
  EXPECT_EQ(position(), "FLAT 0 100000003 0.00004");

  const auto second = bought("110000007", "0.0001", "5.5");
  const auto all = sent_exit(second, "0.00014");
  const Order sold = order(all, OrderState::kDone, "0.00014", "7.7");
  apply(sold,
        {fill(sold, "110000000", "0.00008", "4.4"), fill(sold, "110000001", "0.00006", "3.3")});
  EXPECT_EQ(position(), "FLAT 0 110000007 0");
  EXPECT_EQ(profits_add_up(), "t");
  EXPECT_EQ(rows_.value("SELECT (SELECT sum(realized_pnl) FROM fill) = "
                        "(SELECT sum(CASE side WHEN 'ask' THEN 1 ELSE -1 END * f.price * f.volume) "
                        "- sum(fee) FROM fill f JOIN upbit_order o ON o.id = f.upbit_order_id)"),
            "t")
      << "what the fills earned is not what came in less what went out";
}

}  // namespace
}  // namespace everbit::trading

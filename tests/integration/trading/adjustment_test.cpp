#include <gtest/gtest.h>

#include "integration/trading/fills_fixture.h"
#include "trading/portfolio/position_adjustment.h"

namespace everbit::trading {
namespace {

using plugins::Order;
using plugins::OrderState;

class Adjustments : public Fills {
 protected:
  Result<Adjusted> adjust(const std::string& quantity, const std::string& price = "") {
    Adjustment wanted{"KRW-BTC", Decimal::of(quantity), {}, "sold by hand", "test", 7};
    if (!price.empty()) wanted.price = Decimal::of(price);
    return adjust_position(rows_.pool(), rows_.owner(), Mode::kReal, wanted,
                           Deadline::after(std::chrono::seconds(30)));
  }
  void expect_adjusted(const std::string& quantity, const std::string& price = "") {
    const auto done = adjust(quantity, price);
    ASSERT_TRUE(done) << to_string(done.error());
  }
  std::string refused(const std::string& quantity) {
    const auto done = adjust(quantity);
    return done ? "" : done.error().code;
  }
};

TEST_F(Adjustments, APositionThatIsGoneEndsItsTradeAtTheNamedPriceAndIsNoFill) {
  (void)bought("100000000", "0.0003", "15");
  expect_adjusted("0", "110000000");
  EXPECT_EQ(position(), "FLAT 0 100000000 0");
  EXPECT_EQ(trade(), "0.0003 0.0003 15 2985 closed");
  EXPECT_EQ(rows_.count("fill"), 1);
  EXPECT_EQ(rows_.value("SELECT trim_scale(realized_pnl) FROM position_adjustment"), "2985");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', actor, actor_uid, action, target, "
                        "before_json ->> 'quantity', after_json ->> 'quantity', "
                        "after_json ->> 'price', after_json ->> 'reason') FROM audit_log"),
            "test 7 position_adjustment KRW-BTC 0.0003 0 110000000 sold by hand");
  // The market trades on: another entry, another trade.
  (void)bought("120000000", "0.0001", "6");
  EXPECT_EQ(position(), "OPEN 0.0001 120000000 0");
}

TEST_F(Adjustments, AFillAfterAnAdjustmentKeepsIt) {
  const auto entry = bought("100000000", "0.0003", "15");
  expect_adjusted("0.0002", "100000000");
  EXPECT_EQ(position(), "OPEN 0.0002 100000000 0");
  const auto exit = sent_exit(entry, "0.0002");
  const Order sold = order(exit, OrderState::kCancel, "0.0001", "5.5");
  apply(sold, {fill(sold, "110000000", "0.0001", "5.5")});
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0") << "the adjustment was forgotten";
}

TEST_F(Adjustments, MoreCoinsMoveTheAverageByTheNamedPrice) {
  (void)bought("100000000", "0.0001", "5");
  expect_adjusted("0.0003", "130000000");
  EXPECT_EQ(position(), "OPEN 0.0003 120000000 0");
  EXPECT_EQ(rows_.value("SELECT trim_scale(avg_price_after) FROM position_adjustment"),
            "120000000");
}

TEST_F(Adjustments, WithoutAPriceTheAverageCounts) {
  (void)bought("100000000", "0.0002", "10");
  expect_adjusted("0.0001");
  EXPECT_EQ(rows_.value("SELECT trim_scale(price) FROM position_adjustment"), "100000000");
  EXPECT_EQ(rows_.value("SELECT trim_scale(realized_pnl) FROM position_adjustment"), "-5");
}

TEST_F(Adjustments, DustIsPartOfWhatTheOwnerNames) {
  const auto entry = bought("100000000", "0.0003", "15");
  const auto exit = sent_exit(entry, "0.0003");
  const Order cancelled = order(exit, OrderState::kCancel, "0.00026", "13");
  apply(cancelled, {fill(cancelled, "100000000", "0.00026", "13")});
  ASSERT_EQ(position(), "FLAT 0 100000000 0.00004");
  EXPECT_EQ(refused("0.00004"), "NO_POSITION");
  expect_adjusted("0");
  EXPECT_EQ(position(), "FLAT 0 100000000 0");
  EXPECT_EQ(rows_.value("SELECT trim_scale(dust_before) FROM position_adjustment"), "0.00004");
}

TEST_F(Adjustments, NothingIsAdjustedWhileAnOrderMayStillCome) {
  const auto entry = bought("100000000", "0.0003", "15");
  (void)sent_exit(entry, "0.0003");
  EXPECT_EQ(refused("0"), "INTENT_OPEN");
  EXPECT_EQ(position(), "OPEN 0.0003 100000000 0");
  EXPECT_EQ(rows_.count("position_adjustment"), 0);
  EXPECT_EQ(rows_.count("audit_log"), 0);
}

TEST_F(Adjustments, CoinsThatEverbitDidNotBuyBecomeNoPosition) {
  EXPECT_EQ(refused("0.0001"), "NO_POSITION");
  EXPECT_EQ(rows_.count("position"), 0);
}

TEST_F(Adjustments, TheSameNumbersChangeNothing) {
  (void)bought("100000000", "0.0003", "15");
  expect_adjusted("0.0003");
  EXPECT_EQ(rows_.count("position_adjustment"), 0);
  EXPECT_EQ(rows_.count("audit_log"), 0);
}

TEST_F(Adjustments, WhatWasAdjustedIsWrittenOnce) {
  (void)bought("100000000", "0.0003", "15");
  expect_adjusted("0.0002", "90000000");
  EXPECT_THROW(rows_.sql("UPDATE position_adjustment SET quantity_after = 5"), std::exception);
  EXPECT_THROW(rows_.sql("UPDATE position_adjustment SET price = 5"), std::exception);
}

}  // namespace
}  // namespace everbit::trading

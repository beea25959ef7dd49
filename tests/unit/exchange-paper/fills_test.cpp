#include <gmock/gmock.h>

#include "unit/exchange-paper/paper_plugin.h"

namespace everbit::test {
namespace {

using plugins::Fill;
using plugins::Order;
using plugins::OrderState;
using testing::ElementsAre;

// "99900000 x 0.0001"
std::vector<std::string> fills_of(const plugins::Decoded& decoded) {
  std::vector<std::string> texts;
  for (const Fill& fill : decoded.found.fills) {
    texts.push_back(fill.price.to_string() + " x " + fill.volume.to_string());
  }
  return texts;
}

class PaperFills : public testing::Test {
 protected:
  //            price         size      to buy it all
  //   ask  100,200,000      1
  //   ask  100,100,000      0.0001     10,010 KRW
  //   ask  100,000,000      0.00005     5,000 KRW
  //   bid   99,900,000      0.0001
  //   bid   99,800,000      1
  PaperFills() {
    paper_.start();
    show_book();
  }

  void show_book() {
    paper_.book({{"100000000", "0.00005"}, {"100100000", "0.0001"}, {"100200000", "1"}},
                {{"99900000", "0.0001"}, {"99800000", "1"}});
  }
  // 0.001 BTC at 100,000,000: 100,000 KRW and 50 KRW of fee. 9,899,950 KRW are left.
  void own_a_coin() {
    paper_.book({{"100000000", "1"}}, {{"99900000", "1"}});
    EXPECT_EQ(order_of(paper_.taken(buy_for("100000"))).state, OrderState::kDone);
    show_book();
  }
  Order order_of(const std::string& uuid) { return paper_.read(uuid).found.orders.at(0); }
  std::string executed(const std::string& uuid) {
    return order_of(uuid).executed_volume->to_string();
  }

  PaperPlugin paper_;
};

TEST_F(PaperFills, AMarketBuyTakesLevelAfterLevelAndGivesBackWhatBuysNothing) {
  // 5,000 KRW: the whole first level. 5,000 / 100,100,000 = 0.0000499500499…, cut to 0.00004995,
  // costs 4,999.995. The 0.005 KRW that are left buy less than 0.00000001: given back.
  // Fee: 9,999.995 x 0.0005 = 4.9999975. Paid: 10,004.9949975.
  const std::string uuid = paper_.taken(buy_for("10000"));
  const auto read = paper_.read(uuid);
  EXPECT_THAT(fills_of(read), ElementsAre("100000000 x 0.00005", "100100000 x 0.00004995"));
  const Order order = read.found.orders.at(0);
  EXPECT_EQ(order.state, OrderState::kCancel) << "as Upbit ends an amount that does not divide";
  EXPECT_EQ(order.executed_volume->to_string(), "0.00009995");
  EXPECT_EQ(order.paid_fee->to_string(), "4.9999975");
  EXPECT_EQ(paper_.balance("KRW"), "9989995.0050025 + 0");
  EXPECT_EQ(paper_.balance("BTC"), "0.00009995 + 0");
}

TEST_F(PaperFills, AnAmountThatDividesExactlyIsDone) {
  EXPECT_EQ(order_of(paper_.taken(buy_for("5000"))).state, OrderState::kDone);
  EXPECT_EQ(paper_.balance("KRW"), "9994997.5 + 0");
}

TEST_F(PaperFills, AMarketSaleTakesTheBidsFromTheBestDown) {
  own_a_coin();
  // 0.0001 x 99,900,000 = 9,990 and 0.0002 x 99,800,000 = 19,960: 29,950, fee 14.975.
  const std::string uuid = paper_.taken(sell("0.0003"));
  EXPECT_THAT(fills_of(paper_.read(uuid)), ElementsAre("99900000 x 0.0001", "99800000 x 0.0002"));
  EXPECT_EQ(order_of(uuid).state, OrderState::kDone);
  EXPECT_EQ(order_of(uuid).paid_fee->to_string(), "14.975");
  EXPECT_EQ(paper_.balance("KRW"), "9929885.025 + 0");
  EXPECT_EQ(paper_.balance("BTC"), "0.0007 + 0");
}

TEST_F(PaperFills, ASaleLargerThanTheBookSellsWhatThereIsAndKeepsTheRest) {
  own_a_coin();
  paper_.book({{"100000000", "1"}}, {{"99900000", "0.0004"}});
  const std::string uuid = paper_.taken(sell("0.001"));
  EXPECT_EQ(order_of(uuid).state, OrderState::kCancel);
  EXPECT_EQ(executed(uuid), "0.0004");
  EXPECT_EQ(paper_.balance("BTC"), "0.0006 + 0");
}

std::vector<plugins::Field> best(const std::string& side, const std::string& what,
                                 const std::string& value, const std::string& tif) {
  return {{"side", side}, {"ord_type", "best"}, {what, value}, {"time_in_force", tif}};
}

TEST_F(PaperFills, TheBestPriceOrKillBuysTheWholeAmountAtOnePriceOrNothing) {
  const std::string killed = paper_.taken(best("bid", "price", "5001", "fok"));
  EXPECT_EQ(order_of(killed).state, OrderState::kCancel);
  EXPECT_EQ(executed(killed), "0");
  EXPECT_EQ(paper_.balance("KRW"), "10000000 + 0");
  const std::string filled = paper_.taken(best("bid", "price", "5000", "fok"));
  EXPECT_EQ(order_of(filled).state, OrderState::kDone);
  EXPECT_EQ(executed(filled), "0.00005");
}

TEST_F(PaperFills, TheBestPriceOrCancelTakesOneLevelAndNoMore) {
  const std::string bought = paper_.taken(best("bid", "price", "6000", "ioc"));
  EXPECT_EQ(order_of(bought).state, OrderState::kCancel);
  EXPECT_EQ(executed(bought), "0.00005");
  own_a_coin();
  const std::string sold = paper_.taken(best("ask", "volume", "0.0003", "ioc"));
  EXPECT_EQ(executed(sold), "0.0001");
}

TEST_F(PaperFills, WhatOneOrderTookTheNextDoesNotFindAgainInTheSameBook) {
  (void)paper_.taken(buy_for("5000"));
  const std::string second = paper_.taken(buy_for("5000"));
  EXPECT_THAT(fills_of(paper_.read(second)), ElementsAre("100100000 x 0.00004995"));
  show_book();
  const std::string third = paper_.taken(buy_for("5000"));
  EXPECT_THAT(fills_of(paper_.read(third)), ElementsAre("100000000 x 0.00005"));
}

TEST_F(PaperFills, ALimitTakesWhatItReachesAndWaitsWithTheRest) {
  // At 100,100,000: 0.00005 at 100,000,000 and 0.0001 at its own price; 0.00005 waits.
  // Locked for it: 5,005 KRW and 2.5025 of fee.
  const std::string uuid = paper_.taken(limit_order("bid", "100100000", "0.0002"));
  EXPECT_EQ(order_of(uuid).state, OrderState::kWait);
  EXPECT_EQ(executed(uuid), "0.00015");
  // 10,000,000 - 5,000 - 10,010 - 7.505 - 5,007.5025
  EXPECT_EQ(paper_.balance("KRW"), "9979974.9925 + 5007.5025");
  // A trade below it would have met it first.
  paper_.trade("100099000", "3", "ASK");
  EXPECT_EQ(order_of(uuid).state, OrderState::kDone);
  EXPECT_EQ(paper_.balance("KRW"), "9979974.9925 + 0");
}

TEST_F(PaperFills, AWaitingOrderStandsBehindThoseWhoWereThereBefore) {
  const std::string uuid = paper_.taken(limit_order("bid", "99900000", "0.0001"));
  EXPECT_EQ(executed(uuid), "0");
  paper_.now += 1'000'000'000;
  paper_.trade("99900000", "0.00004", "ASK");  // 0.00006 are before us
  EXPECT_EQ(executed(uuid), "0");
  paper_.trade("99900000", "0.00009", "BID");  // met the other side
  EXPECT_EQ(executed(uuid), "0");
  paper_.trade("99900000", "0.0001", "ASK");  // 0.00006 of it are theirs
  EXPECT_EQ(executed(uuid), "0.00004");
  paper_.repeat_trade();
  EXPECT_EQ(executed(uuid), "0.00004") << "the trade that a new stream begins with counted twice";
  paper_.trade("99900000", "0.00006", "ASK");
  EXPECT_EQ(order_of(uuid).state, OrderState::kDone);
  // 9,990 KRW and 4.995 of fee.
  EXPECT_EQ(paper_.balance("KRW"), "9990005.005 + 0");
}

TEST_F(PaperFills, ATradeFromBeforeAnOrderDoesNotFillIt) {
  const std::string uuid = paper_.taken(limit_order("bid", "99900000", "0.0001"));
  paper_.now -= 1'000'000'000;
  paper_.trade("99000000", "1", "ASK");
  EXPECT_EQ(executed(uuid), "0");
}

TEST_F(PaperFills, OneTradeIsSharedByTheBetterPriceFirst) {
  own_a_coin();
  const std::string far = paper_.taken(limit_order("ask", "100500000", "0.0002"));
  const std::string near = paper_.taken(limit_order("ask", "100400000", "0.0002"));
  paper_.trade("100600000", "0.0003", "BID");
  EXPECT_EQ(executed(near), "0.0002");
  EXPECT_EQ(executed(far), "0.0001");
}

TEST_F(PaperFills, PostOnlyNeverTakesAndImmediateNeverWaits) {
  const std::string crossing = paper_.taken(limit_order("bid", "100000000", "0.0001", "post_only"));
  EXPECT_EQ(order_of(crossing).state, OrderState::kCancel);
  EXPECT_EQ(executed(crossing), "0");
  const std::string resting = paper_.taken(limit_order("bid", "99900000", "0.0001", "post_only"));
  EXPECT_EQ(order_of(resting).state, OrderState::kWait);
  const std::string ioc = paper_.taken(limit_order("bid", "100000000", "0.0001", "ioc"));
  EXPECT_EQ(order_of(ioc).state, OrderState::kCancel);
  EXPECT_EQ(executed(ioc), "0.00005");
  const std::string fok = paper_.taken(limit_order("bid", "100100000", "0.0002", "fok"));
  EXPECT_EQ(executed(fok), "0");
}

TEST_F(PaperFills, TheWholeStoryIsToldOnThePrivateChannel) {
  const std::string uuid = paper_.taken(buy_for("10000"));
  std::vector<std::string> story;
  for (const std::string& frame : paper_.frames()) {
    const auto decoded = paper_.codec().ws_decode(plugins::Channel::kPrivate, frame);
    ASSERT_TRUE(decoded) << frame;
    for (const Order& order : decoded->found.orders) {
      EXPECT_EQ(order.uuid, uuid);
      story.push_back(order.state == OrderState::kWait    ? "wait"
                      : order.state == OrderState::kTrade ? "trade"
                                                          : "cancel");
    }
    for (const Fill& fill : decoded->found.fills) {
      EXPECT_EQ(*fill.fee, mul(fill.funds, Decimal::of("0.0005"), Rounding::kDown));
    }
    if (!decoded->found.accounts.empty()) story.push_back("assets");
  }
  EXPECT_THAT(story, ElementsAre("wait", "assets", "trade", "assets", "trade", "assets", "cancel",
                                 "assets"));
}

}  // namespace
}  // namespace everbit::test

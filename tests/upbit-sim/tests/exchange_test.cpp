#include <gtest/gtest.h>

#include "upbit-sim/tests/world.h"

namespace everbit::upbit_sim {
namespace {

using ::testing::Test;

TEST(Locks, LimitBuyLocksPriceTimesVolumePlusFee) {
  World world;
  world.book({}, {});
  // 155,772,000 × 0.0001, the documented sample of a limit buy.
  const Order& order = world.place(world.request("bid", "limit", "0.0001", "155772000"));
  EXPECT_EQ(order.reserved_fee.to_string(), "7.7886");
  EXPECT_EQ(order.locked.to_string(), "15584.9886");
  EXPECT_EQ(world.locked("KRW"), "15584.9886");
}

TEST(Locks, MarketBuyLocksAmountPlusFeeBeforeItIsMatched) {
  World world;
  world.book({World::level("30000", "1")}, {});
  const auto created =
      world.exchange.create(world.account, world.request("bid", "price", nullptr, "5000"));
  const Order& snapshot = std::get<Order>(created);
  EXPECT_EQ(snapshot.state, OrderState::kWait);
  EXPECT_TRUE(snapshot.fills.empty());
  EXPECT_EQ(snapshot.reserved_fee.to_string(), "2.5");
  EXPECT_EQ(snapshot.locked.to_string(), "5002.5");
}

TEST(Fees, MarketSellPaysTheDocumentedFeeOutOfItsProceeds) {
  World world;
  world.account.set_balance("TEST", Decimal(1));
  world.book({}, {World::level("36970.95875", "1")});
  const Order& order = world.place(world.request("ask", "market", "0.2", nullptr));
  // 7,394.19175 × 0.0005 of the reference.
  EXPECT_EQ(order.executed_funds.to_string(), "7394.19175");
  EXPECT_EQ(order.paid_fee.to_string(), "3.697095875");
  EXPECT_EQ(order.state, OrderState::kDone);
  EXPECT_EQ(world.available("KRW"), "1000007390.494654125");
}

TEST(Fills, PartialLimitBuyKeepsTheDocumentedLock) {
  World world;
  world.book({World::level("30000", "0.4")}, {});
  const Order& order = world.place(world.request("bid", "limit", "1", "30100"));
  EXPECT_EQ(order.state, OrderState::kWait);
  // locked = remaining volume × limit + remaining fee; what the fill was cheaper is free at once.
  EXPECT_EQ(order.remaining_fee.to_string(), "9.05");
  EXPECT_EQ(order.locked.to_string(), "18069.05");
  EXPECT_EQ(world.locked("KRW"), "18069.05");
  EXPECT_EQ(world.available("KRW"), "999969924.95");
}

TEST(Fills, MoneyIsConservedWhenAPartlyFilledOrderIsCanceled) {
  World world;
  world.book({World::level("30000", "0.4")}, {});
  const std::string uuid = world.place(world.request("bid", "limit", "1", "30100")).uuid;
  Order& order = *world.exchange.find(uuid);
  ASSERT_TRUE(std::holds_alternative<Order>(world.exchange.cancel(order)));
  world.scheduler.run_all();
  EXPECT_EQ(order.state, OrderState::kCancel);
  EXPECT_EQ(world.locked("KRW"), "0");
  EXPECT_EQ(world.available("KRW"),
            (Decimal(1'000'000'000) - order.executed_funds - order.paid_fee).to_string());
  EXPECT_EQ(order.locked.to_string(), "18069.05");  // the wire keeps the last value
  EXPECT_TRUE(std::holds_alternative<ApiError>(world.exchange.cancel(order)));
}

TEST(MarketBuy, UnspendableRestEndsTheOrderAsCancel) {
  World world;
  world.book({World::level("30000", "1")}, {});
  const Order& order = world.place(world.request("bid", "price", nullptr, "10000"));
  EXPECT_EQ(order.state, OrderState::kCancel);
  EXPECT_EQ(order.executed_volume.to_string(), "0.33333333");
  EXPECT_EQ(order.executed_funds.to_string(), "9999.9999");
  EXPECT_EQ(world.locked("KRW"), "0");
}

TEST(MarketBuy, AnAmountThatDividesExactlyIsDone) {
  World world;
  world.book({World::level("30000", "1")}, {});
  EXPECT_EQ(world.place(world.request("bid", "price", nullptr, "15000")).state, OrderState::kDone);
}

TEST(MarketBuy, WalksTheLevelsInOrderOfPrice) {
  World world;
  world.book({World::level("30000", "0.1"), World::level("31000", "1")}, {});
  const Order& order = world.place(world.request("bid", "price", nullptr, "9200"));
  ASSERT_EQ(order.fills.size(), 2U);
  EXPECT_EQ(order.fills[1].price.to_string(), "31000");
  EXPECT_EQ(order.executed_volume.to_string(), "0.3");
}

TEST(MarketOrders, MoreThanThirtyLevelsHoldIsRefused) {
  World world;
  world.account.set_balance("TEST", Decimal(100));
  world.book({World::level("30000", "1")}, {World::level("29990", "1")});
  EXPECT_EQ(world.refusal(world.request("bid", "price", nullptr, "30001")), "volume_too_large");
  EXPECT_EQ(world.refusal(world.request("ask", "market", "1.1", nullptr)), "volume_too_large");
}

TEST(TimeInForce, FokFillsWholeOrNotAtAll) {
  World world;
  world.book({World::level("30000", "0.5"), World::level("30010", "0.5")}, {});
  const Order& too_much = world.place(world.request("bid", "limit", "1.1", "30010", "fok"));
  EXPECT_EQ(too_much.state, OrderState::kCancel);
  EXPECT_TRUE(too_much.fills.empty());
  EXPECT_EQ(world.place(world.request("bid", "limit", "1", "30010", "fok")).state,
            OrderState::kDone);
}

TEST(TimeInForce, BestFokOnlyTakesTheBestPrice) {
  World world;
  world.book({World::level("30000", "0.5"), World::level("30010", "5")}, {});
  const Order& order = world.place(world.request("bid", "best", nullptr, "60000", "fok"));
  EXPECT_EQ(order.state, OrderState::kCancel);
  EXPECT_TRUE(order.fills.empty());
  const Order& ioc = world.place(world.request("bid", "best", nullptr, "60000", "ioc"));
  EXPECT_EQ(ioc.executed_volume.to_string(), "0.5");
  EXPECT_EQ(ioc.state, OrderState::kCancel);
}

TEST(TimeInForce, IocCancelsWhatItCannotFill) {
  World world;
  world.book({World::level("30000", "0.5")}, {});
  const Order& order = world.place(world.request("bid", "limit", "1", "30000", "ioc"));
  EXPECT_EQ(order.state, OrderState::kCancel);
  EXPECT_EQ(order.executed_volume.to_string(), "0.5");
  EXPECT_EQ(world.locked("KRW"), "0");
}

TEST(TimeInForce, PostOnlyNeverTakes) {
  World world;
  world.book({World::level("30000", "0.5")}, {});
  EXPECT_EQ(world.place(world.request("bid", "limit", "1", "30000", "post_only", nullptr)).state,
            OrderState::kCancel);
  const Order& resting =
      world.place(world.request("bid", "limit", "1", "29990", "post_only", nullptr));
  EXPECT_EQ(resting.state, OrderState::kWait);
  EXPECT_EQ(resting.smp, SmpType::kNone);
}

TEST(RestingOrders, AreFilledAtTheirOwnPriceWhenTheMarketPasses) {
  World world;
  world.book({World::level("30010", "1")}, {World::level("29000", "1")});
  const std::string uuid = world.place(world.request("bid", "limit", "1", "30000")).uuid;
  world.exchange.path_trade(world.market, {World::kNow, to_e8(Decimal(29500)), 1000, false, 0});
  const Order& order = *world.exchange.find(uuid);
  EXPECT_EQ(order.state, OrderState::kDone);
  EXPECT_EQ(order.fills.at(0).price.to_string(), "30000");
  EXPECT_TRUE(order.fills[0].is_maker);
}

TEST(RestingOrders, AtTheTradedPriceGetNoMoreThanWasTraded) {
  World world;
  world.book({World::level("30010", "1")}, {World::level("29000", "1")});
  const std::string uuid = world.place(world.request("bid", "limit", "1", "30000")).uuid;
  world.exchange.path_trade(world.market,
                            {World::kNow, to_e8(Decimal(30000)), 30'000'000, false, 0});
  EXPECT_EQ(world.exchange.find(uuid)->executed_volume.to_string(), "0.3");
}

class SelfMatch : public Test {
 protected:
  // A resting own sale of 1 at 30,000, met by an own buy of 0.4.
  const Order& meet(const char* smp) {
    world_.account.set_balance("TEST", Decimal(2));
    world_.book({}, {});
    resting_ = world_.place(world_.request("ask", "limit", "1", "30000")).uuid;
    return world_.place(world_.request("bid", "limit", "0.4", "30000", nullptr, smp));
  }
  const Order& resting() { return *world_.exchange.find(resting_); }
  World world_;
  std::string resting_;
};

TEST_F(SelfMatch, CancelTakerDropsTheIncoming) {
  const Order& taker = meet("cancel_taker");
  EXPECT_EQ(taker.state, OrderState::kCancel);
  EXPECT_EQ(taker.prevented_volume.to_string(), "0.4");
  EXPECT_EQ(taker.prevented_locked.to_string(), "12006");  // 0.4 × 30,000 × 1.0005
  EXPECT_EQ(resting().state, OrderState::kWait);
  EXPECT_EQ(world_.locked("KRW"), "0");
}

TEST_F(SelfMatch, CancelMakerDropsTheResting) {
  const Order& taker = meet("cancel_maker");
  EXPECT_EQ(resting().state, OrderState::kCancel);
  EXPECT_EQ(resting().prevented_locked.to_string(), "1");
  EXPECT_EQ(taker.state, OrderState::kWait);
  EXPECT_EQ(world_.locked("TEST"), "0");
}

TEST_F(SelfMatch, ReduceTakesTheOverlapFromBoth) {
  const Order& taker = meet("reduce");
  EXPECT_EQ(taker.state, OrderState::kCancel);
  EXPECT_EQ(resting().state, OrderState::kWait);
  EXPECT_EQ(resting().remaining_volume.to_string(), "0.6");
  EXPECT_EQ(world_.locked("TEST"), "0.6");
}

TEST_F(SelfMatch, NoneTradesWithItself) {
  EXPECT_EQ(meet("none").state, OrderState::kDone);
  EXPECT_EQ(resting().executed_volume.to_string(), "0.4");
}

TEST_F(SelfMatch, WithoutATypeTheDefaultOfTheDayHolds) {
  EXPECT_EQ(meet(nullptr).smp, SmpType::kCancelMaker);
  world_.exchange.rules().smp_default_epoch = World::kNow + 1;
  EXPECT_EQ(world_.refusal(world_.request("bid", "limit", "1", "30000", nullptr, "none")),
            "invalid_parameter");
}

TEST(Identifiers, AreNeverTakenTwiceNotEvenAfterARefusal) {
  World world;
  OrderRequest request = world.request("bid", "limit", "100000", "30000");
  request.identifier = "eb-1";
  world.account.set_balance("KRW", Decimal(1000));
  EXPECT_EQ(world.refusal(request), "over_krw_funds_bid");
  request.volume = "1";
  EXPECT_EQ(world.refusal(request), "duplicated_identifier");
  request.identifier = "eb-2";
  EXPECT_EQ(world.refusal(request), "insufficient_funds_bid");
  EXPECT_EQ(world.refusal(request), "duplicated_identifier");
}

TEST(Identifiers, OfATestOrderStayFree) {
  World world;
  OrderRequest request = world.request("bid", "limit", "1", "30000");
  request.identifier = "eb-1";
  ASSERT_TRUE(std::holds_alternative<Order>(world.exchange.test(world.account, request)));
  EXPECT_TRUE(world.exchange.orders().empty());
  EXPECT_EQ(world.refusal(request), "accepted");
}

TEST(Rules, RefuseWithTheDocumentedNames) {
  World world;
  world.account.set_balance("TEST", Decimal(10));
  const auto name = [&](const char* side, const char* type, const char* volume, const char* price,
                        const char* tif = nullptr, const char* smp = "none") {
    return world.refusal(world.request(side, type, volume, price, tif, smp));
  };
  EXPECT_EQ(name("bid", "limit", "1", "30001"), "invalid_price_bid");
  EXPECT_EQ(name("bid", "limit", "1", "1e5"), "invalid_price_bid");
  EXPECT_EQ(name("ask", "limit", "0.123456789", "30000"), "invalid_volume_ask");
  EXPECT_EQ(name("bid", "limit", "-1", "30000"), "invalid_volume_bid");
  EXPECT_EQ(name("bid", "price", nullptr, "4999.99"), "under_min_total_bid");
  EXPECT_EQ(name("ask", "limit", "0.1", "30000"), "under_min_total_ask");
  EXPECT_EQ(name("bid", "price", nullptr, "1000000001"), "over_krw_funds_bid");
  EXPECT_EQ(name("bid", "price", "1", "10000"), "create_bid_error");
  EXPECT_EQ(name("bid", "market", "1", nullptr), "create_bid_error");
  EXPECT_EQ(name("ask", "market", "1", "30000"), "create_ask_error");
  EXPECT_EQ(name("bid", "best", nullptr, "10000"), "invalid_time_in_force");
  EXPECT_EQ(name("bid", "limit", "1", "30000", "post_only", "reduce"), "invalid_post_only");
  EXPECT_EQ(name("buy", "limit", "1", "30000"), "invalid_parameter");
  EXPECT_EQ(name("ask", "limit", "11", "30000"), "insufficient_funds_ask");
  OrderRequest unknown = world.request("bid", "limit", "1", "30000");
  unknown.market = "KRW-BTCs";
  EXPECT_EQ(world.refusal(unknown), "notfoundmarket");
  unknown.side.reset();
  EXPECT_EQ(world.refusal(unknown), "validation_error");
  world.market.set_online(false);
  EXPECT_EQ(name("bid", "limit", "1", "30000"), "market_offline");
}

TEST(Events, ComeInTheOrderWaitTradesEnd) {
  World world;
  world.book({World::level("30000", "0.1"), World::level("31000", "1")}, {});
  world.place(world.request("bid", "price", nullptr, "9200"));
  EXPECT_EQ(world.states, (std::vector<std::string>{"wait", "trade", "trade", "done"}));
}

TEST(Replace, NewOrderAppearsOnlyAfterTheOldOneIsCanceled) {
  World world;
  world.book({}, {});
  const std::string old_uuid = world.place(world.request("bid", "limit", "1", "30000")).uuid;
  ReplaceRequest request{world.request("bid", "limit", nullptr, "30010"), true};
  const auto result =
      world.exchange.replace(world.account, *world.exchange.find(old_uuid), request);
  const std::string new_uuid = std::get<Exchange::Replaced>(result).new_uuid;
  EXPECT_EQ(world.exchange.find(new_uuid), nullptr);
  world.scheduler.run_all();
  EXPECT_EQ(world.exchange.find(old_uuid)->state, OrderState::kCancel);
  EXPECT_EQ(world.exchange.find(new_uuid)->remaining_volume.to_string(), "1");
  EXPECT_EQ(world.locked("KRW"), "30025.005");
}

TEST(Accounts, ASoldOutCoinDisappearsAndTheAveragePriceIsWeighted) {
  World world;
  world.book({World::level("30000", "1"), World::level("31000", "1")},
             {World::level("30000", "9")});
  world.place(world.request("bid", "limit", "2", "31000"));
  EXPECT_EQ(world.account.balance("TEST").avg_buy_price.to_string(), "30500");
  world.place(world.request("ask", "market", "2", nullptr));
  EXPECT_FALSE(world.account.balances().contains("TEST"));
}

}  // namespace
}  // namespace everbit::upbit_sim

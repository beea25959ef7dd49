#include <gmock/gmock.h>

#include <random>

#include "unit/exchange-paper/paper_plugin.h"

namespace everbit::test {
namespace {

using plugins::ExchangeOp;
using plugins::Meaning;
using plugins::OrderState;

class PaperOrders : public testing::Test {
 protected:
  PaperOrders() { paper_.start(); }

  void show_book() { paper_.book({{"100000000", "1"}}, {{"99900000", "1"}}); }
  std::string refused(std::vector<plugins::Field> params) {
    const std::uint64_t before = paper_.revision();
    const plugins::Decoded decoded = paper_.order(std::move(params));
    EXPECT_NE(decoded.answer.meaning, Meaning::kOk);
    EXPECT_EQ(paper_.revision(), before) << "a refusal left something behind";
    EXPECT_TRUE(paper_.frames().empty());
    return decoded.answer.name;
  }

  PaperPlugin paper_;
};

TEST_F(PaperOrders, WithoutAnOrderBookTheMarketIsClosed) {
  EXPECT_EQ(refused(buy_for("10000")), "market_offline");
  show_book();
  EXPECT_EQ(paper_.order(buy_for("10000")).answer.meaning, Meaning::kOk);
  paper_.missed();
  EXPECT_EQ(refused(buy_for("10000")), "market_offline") << "filled from a book of before the gap";
}

TEST_F(PaperOrders, UpbitsLeastAmountHoldsHereToo) {
  show_book();
  EXPECT_EQ(refused(buy_for("4999.99")), "under_min_total_bid");
  EXPECT_EQ(refused(limit_order("bid", "99900000", "0.00005")), "under_min_total_bid");
  EXPECT_EQ(refused(sell("0.00005")), "under_min_total_ask");
  EXPECT_EQ(paper_.order(buy_for("5000")).answer.meaning, Meaning::kOk);
}

TEST_F(PaperOrders, NobodyBuysOnCreditOrSellsWhatHeHasNot) {
  show_book();
  // 10,000,000 KRW pay for 9,995,002.49… and its fee of 0.05 %.
  EXPECT_EQ(refused(buy_for("9995003")), "insufficient_funds_bid");
  EXPECT_EQ(refused(sell("0.001")), "insufficient_funds_ask");
  EXPECT_EQ(paper_.order(buy_for("9995002")).answer.meaning, Meaning::kOk);
  EXPECT_EQ(refused(buy_for("5000")), "insufficient_funds_bid");
}

TEST_F(PaperOrders, WhatIsLockedForOneOrderIsNotThereForTheNext) {
  show_book();
  const std::string uuid = paper_.taken(limit_order("bid", "99000000", "0.1"));
  // 9,900,000 and 4,950 of fee.
  EXPECT_EQ(paper_.balance("KRW"), "95050 + 9904950");
  EXPECT_EQ(refused(buy_for("96000")), "insufficient_funds_bid");
  EXPECT_EQ(paper_.call(ExchangeOp::kOrderCancel, {{"uuid", uuid}}).answer.meaning, Meaning::kOk);
  EXPECT_EQ(paper_.balance("KRW"), "10000000 + 0");
  EXPECT_EQ(paper_.read(uuid).found.orders.at(0).state, OrderState::kCancel);
  EXPECT_EQ(paper_.call(ExchangeOp::kOrderCancel, {{"uuid", uuid}}).answer.meaning,
            Meaning::kNotFound);
}

TEST_F(PaperOrders, AnIdentifierIsGoodForOneOrder) {
  show_book();
  auto params = buy_for("5000");
  params.push_back({"identifier", "eb-abc123-1"});
  (void)paper_.taken(params);
  const plugins::Decoded again = paper_.order(params);
  EXPECT_EQ(again.answer.meaning, Meaning::kDuplicateIdentifier);
  const auto found = paper_.call(ExchangeOp::kOrderGet, {{"identifier", "eb-abc123-1"}});
  EXPECT_EQ(found.found.orders.at(0).identifier, "eb-abc123-1");
  EXPECT_EQ(paper_.call(ExchangeOp::kOrderGet, {{"identifier", "eb-abc123-2"}}).answer.meaning,
            Meaning::kNotFound);
}

TEST_F(PaperOrders, PricesOffTheGridAndVolumesTooFineAreRefused) {
  show_book();
  EXPECT_EQ(refused(limit_order("bid", "99900500", "0.001")), "invalid_price_bid");
  EXPECT_EQ(refused(limit_order("bid", "99900000", "0.001000001")), "invalid_volume_bid");
}

TEST_F(PaperOrders, OtherMarketsThanWonAreNotThere) {
  paper_.book({{"0.05", "1"}}, {{"0.04", "1"}}, "BTC-ETH");
  const auto decoded =
      paper_.call(ExchangeOp::kOrderCreate,
                  {{"market", "BTC-ETH"}, {"side", "bid"}, {"ord_type", "price"}, {"price", "1"}});
  EXPECT_EQ(decoded.answer.meaning, Meaning::kRejected);
}

TEST_F(PaperOrders, ATestOrderIsJudgedAndNotMade) {
  show_book();
  const std::uint64_t before = paper_.revision();
  const std::vector<plugins::Field> order{
      {"market", "KRW-BTC"}, {"side", "bid"}, {"ord_type", "price"}, {"price", "10000"}};
  EXPECT_EQ(paper_.call(ExchangeOp::kOrderTest, order).answer.meaning, Meaning::kOk);
  EXPECT_EQ(paper_.revision(), before);
  EXPECT_TRUE(paper_.call(ExchangeOp::kOrdersClosed, {}).found.orders.empty());
}

TEST_F(PaperOrders, ListsTellOpenAndClosedApartAndCountPages) {
  show_book();
  std::vector<std::string> open;
  for (int i = 0; i < 3; ++i) open.push_back(paper_.taken(limit_order("bid", "90000000", "0.001")));
  const std::string closed = paper_.taken(buy_for("5000"));
  const auto page = [&](int number) {
    return paper_.call(ExchangeOp::kOrdersOpen, {{"page", std::to_string(number)}, {"limit", "2"}})
        .found.orders;
  };
  ASSERT_EQ(page(1).size(), 2U);
  ASSERT_EQ(page(2).size(), 1U);
  EXPECT_EQ(page(1)[0].uuid, open[2]);
  EXPECT_EQ(page(2)[0].uuid, open[0]);
  const auto ended = paper_.call(ExchangeOp::kOrdersClosed,
                                 {{"start_time", "2026-01-01T00:00:00+00:00"}, {"limit", "1000"}});
  ASSERT_EQ(ended.found.orders.size(), 1U);
  EXPECT_EQ(ended.found.orders[0].uuid, closed);
  EXPECT_TRUE(paper_.call(ExchangeOp::kOrdersClosed, {{"start_time", "2027-01-01T00:00:00+00:00"}})
                  .found.orders.empty());
}

TEST_F(PaperOrders, ItsKeyMayTradeAndMayNotWithdrawAndItsRulesAreTheSettings) {
  EXPECT_EQ(paper_.call(ExchangeOp::kApiKeys, {}).found.api_keys.size(), 1U);
  EXPECT_EQ(paper_.call(ExchangeOp::kWithdrawProbe, {}).answer.name, "out_of_scope");
  const auto chance = paper_.call(ExchangeOp::kChance, {{"market", "KRW-BTC"}}).found.chance;
  ASSERT_TRUE(chance);
  EXPECT_EQ(chance->bid_fee.to_string(), "0.0005");
  EXPECT_EQ(chance->min_total_ask.to_string(), "5000");
}

// Money and coins are only ever moved: whatever happens, what came in is what went out and what is
// there, to the last decimal.
TEST_F(PaperOrders, NoMoneyIsMadeOrLostInAThousandRandomOrders) {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<std::string> uuids;
  for (int i = 0; i < 1000; ++i) {
    paper_.now += 1'000'000;
    const int best = 99'000 + below(2000);
    const auto price = [&](int offset) { return std::to_string(best + offset) + "000"; };
    const auto size = [&] { return "0.0" + std::to_string(1000 + below(8999)) + "1"; };
    if (i % 2 == 0) {
      paper_.book({{price(1), size()}, {price(3), size()}},
                  {{price(-1), size()}, {price(-4), size()}});
    }
    std::vector<plugins::Field> params;
    const std::string side = below(2) == 0 ? "bid" : "ask";
    switch (below(4)) {
      case 0:
        params = side == "bid" ? buy_for(std::to_string(5000 + below(300'000)) + ".37")
                               : sell("0.00" + std::to_string(1000 + below(8999)));
        break;
      case 1:
        params = limit_order(side, price(below(7) - 3), "0.00" + std::to_string(100 + below(899)));
        break;
      case 2:
        paper_.trade(price(below(9) - 4), size(), below(2) == 0 ? "BID" : "ASK");
        continue;
      default:
        if (!uuids.empty()) {
          (void)paper_.call(ExchangeOp::kOrderCancel, {{"uuid", uuids[random() % uuids.size()]}});
        }
        continue;
    }
    const auto decoded = paper_.order(params);
    for (const auto& order : decoded.found.orders) uuids.push_back(order.uuid);
  }
  ASSERT_GT(uuids.size(), 100U);
  ASSERT_LT(uuids.size(), 500U) << "the oldest are forgotten";
  Decimal krw = Decimal::of("10000000");
  Decimal btc;
  Decimal locked_krw;
  Decimal locked_btc;
  int fills = 0;
  for (const std::string& uuid : uuids) {
    const auto read = paper_.read(uuid);
    const plugins::Order& order = read.found.orders.at(0);
    const bool buys = order.side == plugins::Side::kBuy;
    Decimal volume;
    for (const plugins::Fill& fill : read.found.fills) {
      krw = buys ? krw - fill.funds : krw + fill.funds;
      btc = buys ? btc + fill.volume : btc - fill.volume;
      volume = volume + fill.volume;
      ++fills;
    }
    krw = krw - *order.paid_fee;
    EXPECT_EQ(volume, *order.executed_volume);
    (buys ? locked_krw : locked_btc) = (buys ? locked_krw : locked_btc) + order.locked;
  }
  EXPECT_GT(fills, 100);
  EXPECT_EQ(paper_.balance("KRW"), (krw - locked_krw).to_string() + " + " + locked_krw.to_string());
  EXPECT_EQ(paper_.balance("BTC"), (btc - locked_btc).to_string() + " + " + locked_btc.to_string());
}

}  // namespace
}  // namespace everbit::test

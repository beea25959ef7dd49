#include <gtest/gtest.h>

#include "unit/exchange-upbit/loaded_plugin.h"
#include "unit/exchange-upbit/samples.h"

namespace everbit::test {
namespace {

using plugins::Decoded;
using plugins::ExchangeOp;
using plugins::Field;
using plugins::Meaning;
using plugins::OrderState;
using plugins::OrderType;
using plugins::Side;
using plugins::TimeInForce;

Decimal dec(std::string_view text) { return Decimal::of(text); }
Timestamp at(std::string_view text) { return Timestamp::parse(text).value(); }

Decoded decode(ExchangeOp op, int status, std::string_view body,
               const std::vector<Field>& headers = {}) {
  const LoadedPlugin plugin;
  return plugin.codec().decode(op, status, headers, body);
}

TEST(Decode, Markets) {
  const auto decoded = decode(ExchangeOp::kMarkets, 200, kMarkets);
  ASSERT_EQ(decoded.answer.meaning, Meaning::kOk);
  ASSERT_EQ(decoded.found.markets.size(), 2U);
  EXPECT_EQ(decoded.found.markets[0].market, "KRW-BTC");
  EXPECT_EQ(decoded.found.markets[0].korean_name, "비트코인");
  EXPECT_FALSE(decoded.found.markets[0].warning);
  EXPECT_EQ(decoded.found.markets[1].korean_name, "이더리움");
  EXPECT_TRUE(decoded.found.markets[1].warning);
}

TEST(Decode, CandlesStartAtTheirUtcTimeAndNotAtTheirTimestamp) {
  const auto decoded = decode(ExchangeOp::kCandles, 200, kCandles);
  ASSERT_EQ(decoded.found.candles.size(), 1U);
  const auto& candle = decoded.found.candles[0];
  EXPECT_EQ(candle.timeframe_s, 900);
  EXPECT_EQ(candle.open_time, at("2026-03-02T04:15:00Z"));
  EXPECT_EQ(candle.last_trade, Timestamp::from_ms(1772425199412));
  EXPECT_EQ(candle.open, dec("120000000"));
  EXPECT_EQ(candle.high, dec("120050000"));
  EXPECT_EQ(candle.low, dec("119990000"));
  EXPECT_EQ(candle.close, dec("120031000"));
  EXPECT_EQ(candle.volume, dec("2.51034811"));
  EXPECT_EQ(candle.value, dec("301245678.12345"));
}

TEST(Decode, CandlesOfOtherLengthsTellTheirLength) {
  constexpr std::string_view kHead =
      R"([{"market":"KRW-BTC","candle_date_time_utc":"2026-03-02T00:00:00","opening_price":1,"high_price":1,
"low_price":1,"trade_price":1,"timestamp":1772425199412,"candle_acc_trade_price":1,"candle_acc_trade_volume":1)";
  const auto length = [&](std::string_view tail) {
    const auto decoded = decode(ExchangeOp::kCandles, 200, std::string(kHead).append(tail));
    return decoded.found.candles.empty() ? -1 : decoded.found.candles[0].timeframe_s;
  };
  EXPECT_EQ(length("}]"), 1);
  EXPECT_EQ(length(R"(,"unit":240}])"), 14400);
  EXPECT_EQ(length(R"(,"prev_closing_price":2,"change_price":-1}])"), 86400);
  EXPECT_EQ(length(R"(,"first_day_of_period":"2026-03-02"}])"), 604800);
}

TEST(Decode, NoCandlesIsAnAnswerToo) {
  const auto decoded = decode(ExchangeOp::kCandles, 200, "[]");
  EXPECT_EQ(decoded.answer.meaning, Meaning::kOk);
  EXPECT_TRUE(decoded.found.candles.empty());
}

TEST(Decode, TickerOrderBookAndInstruments) {
  const auto ticker = decode(ExchangeOp::kTicker, 200, kTickers);
  ASSERT_EQ(ticker.found.tickers.size(), 1U);
  EXPECT_EQ(ticker.found.tickers[0].price, dec("120031000"));
  EXPECT_EQ(ticker.found.tickers[0].traded_value_24h, dec("120000000000"));
  EXPECT_EQ(ticker.found.tickers[0].ts, Timestamp::from_ms(1772424967400));

  const auto book = decode(ExchangeOp::kOrderBook, 200, kOrderBook);
  ASSERT_EQ(book.found.book_tops.size(), 1U);
  EXPECT_EQ(book.found.book_tops[0].ask_price, dec("120032000"));
  EXPECT_EQ(book.found.book_tops[0].bid_size, dec("0.04296774"));

  const auto instrument = decode(ExchangeOp::kInstruments, 200, kInstruments);
  ASSERT_EQ(instrument.found.instruments.size(), 1U);
  EXPECT_EQ(instrument.found.instruments[0].tick_size, dec("1000"));
}

TEST(Decode, ABalanceWithTwentyPlacesIsCutAndNeverRoundedUp) {
  const auto decoded = decode(ExchangeOp::kAccounts, 200, kAccounts);
  ASSERT_EQ(decoded.found.accounts.size(), 2U);
  EXPECT_EQ(decoded.found.accounts[0].currency, "KRW");
  EXPECT_EQ(decoded.found.accounts[0].balance, dec("985000"));
  EXPECT_EQ(decoded.found.accounts[0].locked, dec("15007.5"));
  EXPECT_TRUE(decoded.found.accounts[0].snapshot);
  EXPECT_EQ(decoded.found.accounts[1].balance, dec("1386929.372310667713482071"));
  EXPECT_EQ(decoded.found.accounts[1].avg_buy_price, dec("118000000"));
}

TEST(Decode, ChanceTakesMinimaAsStringOrNumber) {
  const auto decoded = decode(ExchangeOp::kChance, 200, kChance);
  ASSERT_TRUE(decoded.found.chance);
  EXPECT_EQ(decoded.found.chance->market, "KRW-BTC");
  EXPECT_EQ(decoded.found.chance->state, "active");
  EXPECT_EQ(decoded.found.chance->bid_fee, dec("0.0005"));
  EXPECT_EQ(decoded.found.chance->min_total_bid, dec("5000"));
  EXPECT_EQ(decoded.found.chance->min_total_ask, dec("5000"));
  EXPECT_EQ(decoded.found.chance->max_total, dec("1000000000"));
}

TEST(Decode, AnAcceptedOrder) {
  const auto decoded = decode(ExchangeOp::kOrderCreate, 201, kOrderCreated);
  ASSERT_EQ(decoded.answer.meaning, Meaning::kOk);
  ASSERT_EQ(decoded.found.orders.size(), 1U);
  const auto& order = decoded.found.orders[0];
  EXPECT_EQ(order.uuid, "cdd92199-2897-4e14-9448-f923320408ad");
  EXPECT_EQ(order.identifier, "bot-000001");
  EXPECT_EQ(order.side, Side::kBuy);
  EXPECT_EQ(order.type, OrderType::kLimit);
  EXPECT_EQ(order.state, OrderState::kWait);
  EXPECT_EQ(order.price, dec("120000000"));
  EXPECT_EQ(order.volume, dec("0.0001"));
  EXPECT_EQ(order.executed_volume, dec("0"));
  EXPECT_EQ(order.paid_fee, dec("0"));
  EXPECT_EQ(order.reserved_fee, dec("6"));
  EXPECT_EQ(order.locked, dec("12006"));
  EXPECT_FALSE(order.executed_funds);
  EXPECT_EQ(order.created_at, at("2026-03-02T04:16:07Z"));
}

TEST(Decode, AnOrderWithItsTradesGivesFillsWithoutInventingAFee) {
  const auto decoded = decode(ExchangeOp::kOrderGet, 200, kOrderWithTrade);
  ASSERT_EQ(decoded.found.fills.size(), 1U);
  const auto& fill = decoded.found.fills[0];
  EXPECT_EQ(fill.order_uuid, "3b67e543-8ad3-48d0-8451-0dad315cae73");
  EXPECT_EQ(fill.trade_uuid, "795dff29-bba6-49b2-baab-63473ab7931c");
  EXPECT_EQ(fill.side, Side::kSell);
  EXPECT_EQ(fill.price, dec("120031000"));
  EXPECT_EQ(fill.volume, dec("0.001"));
  EXPECT_EQ(fill.funds, dec("120031"));
  EXPECT_FALSE(fill.fee);
  EXPECT_FALSE(fill.maker);
  EXPECT_EQ(fill.trade_time, at("2026-03-02T04:20:00.597751Z"));
  EXPECT_EQ(decoded.found.orders.at(0).paid_fee, dec("60.0155"));
}

TEST(Decode, NullAndMissingFieldsAreTheSame) {
  const auto decoded = decode(ExchangeOp::kOrdersClosed, 200, kOrders);
  ASSERT_EQ(decoded.found.orders.size(), 2U);
  const auto& bought = decoded.found.orders[0];
  EXPECT_EQ(bought.state, OrderState::kCancel);
  EXPECT_EQ(bought.executed_volume, dec("0.00004"));
  EXPECT_FALSE(bought.volume);
  EXPECT_FALSE(bought.remaining_volume);
  EXPECT_EQ(bought.time_in_force, TimeInForce::kNone);
  EXPECT_EQ(bought.identifier, "");
  const auto& waiting = decoded.found.orders[1];
  EXPECT_EQ(waiting.state, OrderState::kWatch);
  EXPECT_EQ(waiting.time_in_force, TimeInForce::kFok);
  EXPECT_FALSE(waiting.paid_fee);
}

TEST(Decode, AnUnknownTypeOfAForeignOrderDoesNotHideTheOthers) {
  const auto decoded =
      decode(ExchangeOp::kOrdersOpen, 200,
             R"([{"market":"KRW-BTC","uuid":"u","side":"bid","ord_type":"stop","state":"watch",
                              "time_in_force":"gtd"}])");
  ASSERT_EQ(decoded.found.orders.size(), 1U);
  EXPECT_EQ(decoded.found.orders[0].type, OrderType::kOther);
  EXPECT_EQ(decoded.found.orders[0].time_in_force, TimeInForce::kOther);
}

TEST(Decode, ApiKeys) {
  const auto decoded = decode(ExchangeOp::kApiKeys, 200, kApiKeys);
  ASSERT_EQ(decoded.found.api_keys.size(), 1U);
  EXPECT_EQ(decoded.found.api_keys[0].expires_at, at("2027-02-25T02:22:54Z"));
}

TEST(Decode, APriceWithNineteenPlacesIsNotQuietlyAnotherPrice) {
  const auto decoded = decode(
      ExchangeOp::kOrderCreate, 201,
      R"({"market":"KRW-BTC","uuid":"u","side":"bid","ord_type":"limit","state":"wait","price":"0.1234567890123456789"})");
  EXPECT_EQ(decoded.answer.meaning, Meaning::kUnknown);
}

TEST(Decode, AFeeWithTwentyPlacesDoesNotMakeAnAcceptedOrderUnknown) {
  const auto decoded = decode(
      ExchangeOp::kOrderCreate, 201,
      R"({"market":"BTC-ETH","uuid":"u","side":"bid","ord_type":"limit","state":"wait","paid_fee":"0.12345678901234567899"})");
  ASSERT_EQ(decoded.answer.meaning, Meaning::kOk);
  EXPECT_EQ(decoded.found.orders.at(0).paid_fee, dec("0.123456789012345678"));
}

struct RemainingReq {
  std::string header;
  std::optional<std::int32_t> left;
  std::string group;
};

TEST(Decode, TheRateHeaderIsReadHoweverItIsSpelled) {
  const std::vector<RemainingReq> cases{
      {"group=default; min=1800; sec=29", 29, "default"},
      {"group=order;min=1800;sec=0", 0, "order"},
      {"sec=7;group=candles", 7, "candles"},
      {" group = default ;  sec = 3 ;", 3, "default"},
      {"group=default; min=1800", std::nullopt, "default"},
      {"group=default; sec=-1", std::nullopt, "default"},
      {"group=default; sec=many", std::nullopt, "default"},
      {"group=default; sec=99999999999999999999", std::nullopt, "default"},
      {";;;===", std::nullopt, ""},
      {"", std::nullopt, ""},
  };
  for (const RemainingReq& c : cases) {
    const auto decoded =
        decode(ExchangeOp::kAccounts, 500, "", {{"date", "x"}, {"remaining-req", c.header}});
    ASSERT_TRUE(decoded.rate_left) << c.header;
    EXPECT_EQ(decoded.rate_left->left, c.left) << c.header;
    EXPECT_EQ(decoded.rate_left->group, c.group) << c.header;
  }
  EXPECT_FALSE(decode(ExchangeOp::kAccounts, 200, "[]").rate_left);
}

}  // namespace
}  // namespace everbit::test

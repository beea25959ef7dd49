#include <gtest/gtest.h>

#include "unit/exchange-upbit/loaded_plugin.h"
#include "unit/exchange-upbit/samples.h"

namespace everbit::test {
namespace {

using plugins::Channel;
using plugins::DecodedFrame;
using plugins::Meaning;
using plugins::OrderState;
using plugins::Side;
using plugins::Subscription;

Decimal dec(std::string_view text) { return Decimal::of(text); }

Result<DecodedFrame> decode(Channel channel, std::string_view frame) {
  const LoadedPlugin plugin;
  return plugin.codec().ws_decode(channel, frame);
}

TEST(Handshake, ThePrivateOneCarriesATokenWithoutQueryAndThePublicOneNone) {
  const LoadedPlugin plugin;
  const auto open = plugin.codec().ws_open(Channel::kPublic, nullptr, "");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->target, "/websocket/v1");
  EXPECT_TRUE(open->headers.empty());

  const auto mine = plugin.codec().ws_open(Channel::kPrivate, &kKeys, kNonce);
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->target, "/websocket/v1/private");
  ASSERT_EQ(mine->headers.size(), 1U);
  EXPECT_EQ(mine->headers[0].name, "Authorization");
  EXPECT_EQ(
      mine->headers[0].value,
      "Bearer eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
      "eyJhY2Nlc3Nfa2V5IjoidGVzdC1hY2Nlc3Mta2V5Iiwibm9uY2UiOiJiMmYxZTNmOC0yZGMxLTRkNmYtYTgzOC1j"
      "NzRjNDliMGUzOWEifQ.Jdn5VOnabhQeSJWobIWz-eR7-fhjnHkjceAmjhk3orXYO8gRaKtmmXwi1PL0_B-PBgrz"
      "oRWzJICsoCpiA1ljAg");

  EXPECT_FALSE(plugin.codec().ws_open(Channel::kPrivate, nullptr, kNonce));
  EXPECT_FALSE(plugin.codec().ws_open(static_cast<Channel>(3), &kKeys, kNonce));
}

TEST(Subscribe, WritesTheWholeSetInOneFrame) {
  const LoadedPlugin plugin;
  const auto all = plugin.codec().ws_subscribe(
      Channel::kPublic,
      Subscription{EB_STREAM_TICKER | EB_STREAM_TRADE | EB_STREAM_BOOK | EB_STREAM_CANDLE,
                   {"KRW-BTC", "KRW-ETH"},
                   900,
                   "t-1"});
  ASSERT_TRUE(all) << plugin.last_error();
  EXPECT_EQ(*all, R"([{"ticket":"t-1"},{"type":"ticker","codes":["KRW-BTC","KRW-ETH"]},)"
                  R"({"type":"trade","codes":["KRW-BTC","KRW-ETH"]},)"
                  R"({"type":"orderbook","codes":["KRW-BTC.1","KRW-ETH.1"]},)"
                  R"({"type":"candle.15m","codes":["KRW-BTC","KRW-ETH"]},{"format":"DEFAULT"}])");

  const auto mine = plugin.codec().ws_subscribe(
      Channel::kPrivate, Subscription{EB_STREAM_ORDER | EB_STREAM_ASSET, {}, 0, "t-2"});
  ASSERT_TRUE(mine);
  EXPECT_EQ(*mine,
            R"([{"ticket":"t-2"},{"type":"myOrder"},{"type":"myAsset"},{"format":"DEFAULT"}])");

  const auto some = plugin.codec().ws_subscribe(
      Channel::kPrivate, Subscription{EB_STREAM_ORDER | EB_STREAM_ASSET, {"KRW-BTC"}, 0, "t"});
  ASSERT_TRUE(some);
  EXPECT_EQ(*some, R"([{"ticket":"t"},{"type":"myOrder","codes":["KRW-BTC"]},{"type":"myAsset"},)"
                   R"({"format":"DEFAULT"}])");
}

TEST(Subscribe, RefusesWhatUpbitWouldAnswerWithAnError) {
  const LoadedPlugin plugin;
  const auto refused = [&](Channel channel, const Subscription& subscription) {
    return !plugin.codec().ws_subscribe(channel, subscription);
  };
  EXPECT_TRUE(refused(Channel::kPublic, {EB_STREAM_ORDER, {"KRW-BTC"}, 0, "t"}));
  EXPECT_TRUE(refused(Channel::kPrivate, {EB_STREAM_TICKER, {"KRW-BTC"}, 0, "t"}));
  EXPECT_TRUE(refused(Channel::kPublic, {0, {"KRW-BTC"}, 0, "t"}));
  EXPECT_TRUE(refused(Channel::kPublic, {EB_STREAM_TICKER, {}, 0, "t"}));
  EXPECT_TRUE(refused(Channel::kPublic, {EB_STREAM_TICKER, {"KRW-BTC\""}, 0, "t"}));
  EXPECT_TRUE(refused(Channel::kPublic, {EB_STREAM_TICKER, {"KRW-BTC"}, 0, ""}));
  EXPECT_TRUE(refused(Channel::kPublic, {EB_STREAM_TICKER, {"KRW-BTC"}, 0, "a\"b"}));
  EXPECT_TRUE(refused(Channel::kPublic, {EB_STREAM_CANDLE, {"KRW-BTC"}, 86400, "t"}));
}

TEST(Frame, Ticker) {
  const auto frame = decode(Channel::kPublic, kTickerFrame);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->found.tickers.size(), 1U);
  EXPECT_EQ(frame->found.tickers[0].market, "KRW-BTC");
  EXPECT_EQ(frame->found.tickers[0].price, dec("120031000"));
  EXPECT_EQ(frame->found.tickers[0].traded_value_24h, dec("120345678901.25"));
  EXPECT_EQ(frame->found.tickers[0].ts, Timestamp::from_ms(1772424967390));
}

TEST(Frame, TradeWithAnIdThatNoDoubleHolds) {
  const auto frame = decode(Channel::kPublic, kTradeFrame);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->found.trades.size(), 1U);
  EXPECT_EQ(frame->found.trades[0].trade_id, 17724249673360000);
  EXPECT_EQ(frame->found.trades[0].taker_side, Side::kSell);
  EXPECT_EQ(frame->found.trades[0].volume, dec("0.00509799"));
  EXPECT_EQ(frame->found.trades[0].ts, Timestamp::from_ms(1772424967336));
}

TEST(Frame, BookWithAndWithoutLevels) {
  const auto frame = decode(Channel::kPublic, kBookFrame);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->found.book_tops.size(), 1U);
  EXPECT_EQ(frame->found.book_tops[0].bid_price, dec("120031000"));
  const auto empty = decode(
      Channel::kPublic,
      R"({"type":"orderbook","code":"KRW-BTC","timestamp":1772424967400,"orderbook_units":[]})");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->found.book_tops.at(0).bid_price.is_zero());
}

TEST(Frame, CandleInEverySpellingOfANumber) {
  const auto frame = decode(Channel::kPublic, kCandleFrame);
  ASSERT_TRUE(frame);
  const auto& candle = frame->found.candles.at(0);
  EXPECT_EQ(candle.timeframe_s, 900);
  EXPECT_EQ(candle.high, dec("120050000"));
  EXPECT_EQ(candle.low, dec("119990000"));
  EXPECT_EQ(candle.open_time, Timestamp::parse("2026-03-02T04:15:00Z").value());
}

TEST(Frame, AMarketBuyThatWaitsHasNoVolume) {
  const auto frame = decode(Channel::kPrivate, kOrderWaitFrame);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->found.fills.empty());
  const auto& order = frame->found.orders.at(0);
  EXPECT_EQ(order.state, OrderState::kWait);
  EXPECT_EQ(order.price, dec("5000"));
  EXPECT_FALSE(order.volume);
  EXPECT_FALSE(order.executed_volume);
  EXPECT_EQ(order.executed_funds, dec("0"));
  EXPECT_FALSE(order.avg_price);
  EXPECT_EQ(order.locked, dec("5002.5"));
  EXPECT_EQ(order.identifier, "");
  EXPECT_EQ(order.created_at, Timestamp::from_ms(1762190961000));
  EXPECT_EQ(order.ts, Timestamp::from_ms(1762190961161));
}

TEST(Frame, ATradeIsAnOrderAndAFillAndItsPriceIsNotTheOrders) {
  const auto frame = decode(Channel::kPrivate, kOrderTradeFrame);
  ASSERT_TRUE(frame);
  const auto& order = frame->found.orders.at(0);
  EXPECT_EQ(order.state, OrderState::kTrade);
  EXPECT_FALSE(order.price);
  EXPECT_FALSE(order.volume);
  EXPECT_EQ(order.executed_volume, dec("30925891.29839369"));
  EXPECT_EQ(order.paid_fee, dec("22.467660028283017"));
  // Upbit's own avg_price here is 0.00145372, fee included.
  ASSERT_TRUE(order.avg_price);
  EXPECT_EQ(order.avg_price->rounded(9, Rounding::kHalfEven), dec("0.001453"));

  const auto& fill = frame->found.fills.at(0);
  EXPECT_EQ(fill.trade_uuid, "68315169-fba4-4175-ade3-aff14a616657");
  EXPECT_EQ(fill.order_uuid, order.uuid);
  EXPECT_EQ(fill.identifier, "eb-abc123-0190b8a0");
  EXPECT_EQ(fill.price, dec("0.001453"));
  EXPECT_EQ(fill.volume, dec("30925891.29839369"));
  EXPECT_EQ(fill.funds, dec("44935.32005656603157"));
  EXPECT_EQ(fill.fee, dec("22.467660028283017"));
  EXPECT_EQ(fill.maker, true);
  EXPECT_EQ(fill.trade_time, Timestamp::from_ms(1710751590421));
}

TEST(Frame, ATradeWithoutItsIdIsBrokenBecauseItCouldNotBeBookedOnce) {
  std::string frame(kOrderTradeFrame);
  const std::string id = R"("68315169-fba4-4175-ade3-aff14a616657")";
  frame.replace(frame.find(id), id.size(), "null");
  EXPECT_FALSE(decode(Channel::kPrivate, frame));
}

TEST(Frame, AssetsAreCutAndCarryTheTimeOfTheirChange) {
  const auto frame = decode(Channel::kPrivate, kAssetFrame);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->found.accounts.size(), 2U);
  EXPECT_EQ(frame->found.accounts[0].balance, dec("1386929.372310667713482071"));
  EXPECT_FALSE(frame->found.accounts[0].snapshot);
  EXPECT_EQ(frame->found.accounts[1].asset_ts, Timestamp::from_ms(1710146517259));
}

TEST(Frame, TheShortFormatsSayTheSame) {
  const auto ticker = decode(
      Channel::kPublic,
      R"({"ty":"ticker","cd":"KRW-BTC","tp":120031000.0,"c":"RISE","atp24h":5.5,"tms":1772424967390})");
  ASSERT_TRUE(ticker);
  EXPECT_EQ(ticker->found.tickers.at(0).price, dec("120031000"));

  const auto candle = decode(
      Channel::kPublic,
      R"({"ty":"candle.1m","cd":"KRW-BTC","cdttmu":"2026-03-02T04:15:00","op":1,"hp":3,"lp":1,"tp":2,"catv":7,"catp":14,"tms":1772424967390})");
  ASSERT_TRUE(candle);
  EXPECT_EQ(candle->found.candles.at(0).high, dec("3"));

  const auto book = decode(
      Channel::kPublic,
      R"({"ty":"orderbook","cd":"KRW-BTC","obu":[{"ap":2,"bp":1,"as":0.5,"bs":0.25}],"tms":1772424967390})");
  ASSERT_TRUE(book);
  EXPECT_EQ(book->found.book_tops.at(0).ask_size, dec("0.5"));

  const auto order = decode(
      Channel::kPrivate,
      R"({"ty":"myOrder","cd":"KRW-BTC","uid":"u","ab":"ASK","ot":"limit","s":"trade","tuid":"t","p":10,"v":2,"tf":0.01,"im":false,"ttms":1710751590421,"tms":1710751597500,"id":"i"})");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->found.fills.at(0).funds, dec("20"));
  EXPECT_EQ(order->found.fills.at(0).maker, false);

  const auto asset = decode(
      Channel::kPrivate,
      R"({"ty":"myAsset","ast":[{"cu":"KRW","b":1.5,"l":0}],"asttms":1710146517259,"tms":1710146517267})");
  ASSERT_TRUE(asset);
  EXPECT_EQ(asset->found.accounts.at(0).balance, dec("1.5"));
}

TEST(Frame, AListHoldsSeveralMessagesOrNothingOfThemCounts) {
  const std::string both = "[" + std::string(kTickerFrame) + "," + std::string(kTradeFrame) + "]";
  const auto frame = decode(Channel::kPublic, both);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->found.tickers.size(), 1U);
  EXPECT_EQ(frame->found.trades.size(), 1U);
  EXPECT_FALSE(decode(Channel::kPublic, "[" + std::string(kTickerFrame) + R"(,{"type":"trade"}])"));
}

TEST(Frame, TheTypeMayStandAnywhere) {
  const auto frame = decode(
      Channel::kPublic,
      R"({"code":"KRW-BTC","trade_price":1,"acc_trade_price_24h":2,"timestamp":1772424967390,"type":"ticker"})");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->found.tickers.size(), 1U);
}

TEST(Frame, OldAndRepeatedEventsAreDecodedAsTheyCome) {
  const LoadedPlugin plugin;
  std::string done(kOrderTradeFrame);
  done.replace(done.find(R"("state":"trade")"), 15, R"("state":"done")");
  for (const std::string& text :
       {done, std::string(kOrderTradeFrame), std::string(kOrderTradeFrame)}) {
    const auto frame = plugin.codec().ws_decode(Channel::kPrivate, text);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->found.orders.size(), 1U);
  }
}

TEST(Frame, KeepAliveIsNothingAndAnErrorIsAnAnswer) {
  const auto up = decode(Channel::kPublic, R"({"status":"UP"})");
  ASSERT_TRUE(up);
  EXPECT_FALSE(up->error);

  const auto listed = decode(
      Channel::kPublic,
      R"({"method":"LIST_SUBSCRIPTIONS","result":[{"type":"ticker","codes":["KRW-BTC"]}],"ticket":"x"})");
  EXPECT_TRUE(listed);

  const auto meaning = [](std::string_view name) {
    const auto frame = decode(
        Channel::kPrivate, R"({"error":{"name":")" + std::string(name) + R"(","message":"text"}})");
    return frame && frame->error ? frame->error->meaning : Meaning::kOk;
  };
  EXPECT_EQ(meaning("INVALID_AUTH"), Meaning::kAuth);
  EXPECT_EQ(meaning("TOO_MANY_REQUEST"), Meaning::kRateLimited);
  for (const auto* name : {"WRONG_FORMAT", "NO_TICKET", "NO_TYPE", "NO_CODES", "INVALID_PARAM"}) {
    EXPECT_EQ(meaning(name), Meaning::kRejected) << name;
  }
}

TEST(Frame, AMessageOfTheOtherChannelOrAnUnknownTypeIsRefused) {
  EXPECT_FALSE(decode(Channel::kPublic, kOrderTradeFrame));
  EXPECT_FALSE(decode(Channel::kPrivate, kTickerFrame));
  EXPECT_FALSE(decode(Channel::kPublic, R"({"type":"candle.2m"})"));
  EXPECT_FALSE(decode(Channel::kPublic, R"({"type":7})"));
  EXPECT_FALSE(decode(static_cast<Channel>(0), kTickerFrame));
}

}  // namespace
}  // namespace everbit::test

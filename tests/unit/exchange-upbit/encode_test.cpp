#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "exchange-upbit/jwt.h"
#include "unit/exchange-upbit/loaded_plugin.h"

namespace everbit::test {
namespace {

using plugins::Effect;
using plugins::EncodedRequest;
using plugins::ExchangeOp;
using plugins::Field;
using plugins::LimitScope;

using Params = std::vector<Field>;

// The bearer that an independent implementation makes for the same text.
std::string bearer_over(std::string_view hashed) {
  exchange_upbit::WipedText bearer(exchange_upbit::kMaxBearer);
  exchange_upbit::append_bearer(bearer, kKeys.access_key, kKeys.secret_key, kNonce, hashed);
  return bearer.text;
}

struct Golden {
  ExchangeOp op;
  Params params;
  Effect effect;
  LimitScope scope;
  std::string group;
  std::string method;
  std::string target;
  std::string hashed;  // the text that the token's hash covers
  std::string body;
};

std::vector<Golden> golden_requests() {
  using Op = ExchangeOp;
  constexpr auto kRead = Effect::kRead;
  constexpr auto kQuotation = LimitScope::kQuotation;
  constexpr auto kExchange = LimitScope::kExchange;
  const std::string id = "eb-abc123-0190b8a0-0000-7000-8000-000000000001";
  const std::string open = "states[]=wait&states[]=watch";
  const std::string closed = "states[]=done&states[]=cancel";
  return {
      {Op::kMarkets,
       {},
       kRead,
       kQuotation,
       "market",
       "GET",
       "/v1/market/all?is_details=true",
       "",
       ""},
      {Op::kCandles,
       {{"market", "KRW-BTC"}, {"timeframe_s", "900"}},
       kRead,
       kQuotation,
       "candle",
       "GET",
       "/v1/candles/minutes/15?market=KRW-BTC",
       "",
       ""},
      {Op::kCandles,
       {{"count", "200"},
        {"to", "2025-06-24T13:56:53+09:00"},
        {"timeframe_s", "14400"},
        {"market", "KRW-BTC"}},
       kRead,
       kQuotation,
       "candle",
       "GET",
       "/v1/candles/minutes/240?market=KRW-BTC&to=2025-06-24T13%3A56%3A53%2B09%3A00&count=200",
       "",
       ""},
      {Op::kCandles,
       {{"market", "KRW-BTC"}, {"timeframe_s", "1"}},
       kRead,
       kQuotation,
       "candle",
       "GET",
       "/v1/candles/seconds?market=KRW-BTC",
       "",
       ""},
      {Op::kCandles,
       {{"market", "KRW-BTC"}, {"timeframe_s", "86400"}},
       kRead,
       kQuotation,
       "candle",
       "GET",
       "/v1/candles/days?market=KRW-BTC",
       "",
       ""},
      {Op::kTicker,
       {{"markets", "KRW-BTC,KRW-ETH"}},
       kRead,
       kQuotation,
       "ticker",
       "GET",
       "/v1/ticker?markets=KRW-BTC,KRW-ETH",
       "",
       ""},
      {Op::kInstruments,
       {{"markets", "KRW-BTC"}},
       kRead,
       kQuotation,
       "orderbook",
       "GET",
       "/v1/orderbook/instruments?markets=KRW-BTC",
       "",
       ""},
      {Op::kOrderBook,
       {{"markets", "KRW-BTC"}},
       kRead,
       kQuotation,
       "orderbook",
       "GET",
       "/v1/orderbook?markets=KRW-BTC",
       "",
       ""},
      {Op::kAccounts, {}, kRead, kExchange, "default", "GET", "/v1/accounts", "", ""},
      {Op::kChance,
       {{"market", "KRW-BTC"}},
       kRead,
       kExchange,
       "default",
       "GET",
       "/v1/orders/chance?market=KRW-BTC",
       "market=KRW-BTC",
       ""},
      {Op::kOrderCreate,
       {{"identifier", id},
        {"price", "10000"},
        {"ord_type", "price"},
        {"smp_type", "cancel_taker"},
        {"side", "bid"},
        {"market", "KRW-BTC"}},
       Effect::kCreate,
       kExchange,
       "order",
       "POST",
       "/v1/orders",
       "market=KRW-BTC&side=bid&ord_type=price&price=10000&smp_type=cancel_taker&identifier=" + id,
       R"({"market":"KRW-BTC","side":"bid","ord_type":"price","price":"10000","smp_type":"cancel_taker","identifier":")" +
           id + R"("})"},
      {Op::kOrderCreate,
       {{"market", "KRW-BTC"},
        {"side", "ask"},
        {"ord_type", "limit"},
        {"volume", "0.01"},
        {"price", "100.0"},
        {"time_in_force", "ioc"},
        {"smp_type", "none"},
        {"identifier", id}},
       Effect::kCreate,
       kExchange,
       "order",
       "POST",
       "/v1/orders",
       "market=KRW-BTC&side=ask&ord_type=limit&volume=0.01&price=100.0&time_in_force=ioc"
       "&smp_type=none&identifier=" +
           id,
       R"({"market":"KRW-BTC","side":"ask","ord_type":"limit","volume":"0.01","price":"100.0","time_in_force":"ioc","smp_type":"none","identifier":")" +
           id + R"("})"},
      {Op::kOrderTest,
       {{"market", "KRW-BTC"}, {"side", "ask"}, {"ord_type", "market"}, {"volume", "0.5"}},
       kRead,
       kExchange,
       "order-test",
       "POST",
       "/v1/orders/test",
       "market=KRW-BTC&side=ask&ord_type=market&volume=0.5",
       R"({"market":"KRW-BTC","side":"ask","ord_type":"market","volume":"0.5"})"},
      {Op::kOrderGet,
       {{"uuid", "cdd92199-2897-4e14-9448-f923320408ad"}},
       kRead,
       kExchange,
       "default",
       "GET",
       "/v1/order?uuid=cdd92199-2897-4e14-9448-f923320408ad",
       "uuid=cdd92199-2897-4e14-9448-f923320408ad",
       ""},
      {Op::kOrderGet,
       {{"identifier", "a+b:c"}},
       kRead,
       kExchange,
       "default",
       "GET",
       "/v1/order?identifier=a%2Bb%3Ac",
       "identifier=a+b:c",
       ""},
      {Op::kOrdersOpen,
       {},
       kRead,
       kExchange,
       "default",
       "GET",
       "/v1/orders/open?" + open,
       open,
       ""},
      {Op::kOrdersOpen,
       {{"limit", "100"}, {"market", "KRW-BTC"}, {"page", "2"}},
       kRead,
       kExchange,
       "default",
       "GET",
       "/v1/orders/open?market=KRW-BTC&" + open + "&page=2&limit=100",
       "market=KRW-BTC&" + open + "&page=2&limit=100",
       ""},
      {Op::kOrdersClosed,
       {{"start_time", "2025-06-24T13:56:53+09:00"}, {"limit", "1000"}},
       kRead,
       kExchange,
       "default",
       "GET",
       "/v1/orders/closed?" + closed + "&start_time=2025-06-24T13%3A56%3A53%2B09%3A00&limit=1000",
       closed + "&start_time=2025-06-24T13:56:53+09:00&limit=1000",
       ""},
      {Op::kOrderCancel,
       {{"identifier", id}},
       Effect::kCancel,
       kExchange,
       "default",
       "DELETE",
       "/v1/order?identifier=" + id,
       "identifier=" + id,
       ""},
      {Op::kApiKeys, {}, kRead, kExchange, "default", "GET", "/v1/api_keys", "", ""},
      {Op::kWithdrawProbe, {}, kRead, kExchange, "default", "POST", "/v1/withdraws/coin", "", "{}"},
  };
}

TEST(Encode, EveryCallGivesItsBytesGroupScopeAndEffect) {
  const LoadedPlugin plugin;
  for (const Golden& golden : golden_requests()) {
    SCOPED_TRACE(golden.target);
    const auto request = plugin.codec().encode(golden.op, golden.params, &kKeys, kNonce);
    ASSERT_TRUE(request) << plugin.last_error();
    EXPECT_EQ(request->effect, golden.effect);
    EXPECT_EQ(request->scope, golden.scope);
    EXPECT_EQ(request->group, golden.group);
    EXPECT_EQ(request->method, golden.method);
    EXPECT_EQ(request->target, golden.target);
    EXPECT_EQ(request->body, golden.body);
    std::vector<Field> headers;
    if (golden.scope == LimitScope::kExchange) {
      headers.push_back({"Authorization", bearer_over(golden.hashed)});
    }
    if (golden.method == "POST") {
      headers.push_back({"Content-Type", "application/json; charset=utf-8"});
    }
    EXPECT_EQ(request->headers, headers);
  }
}

// Made with Python's hmac and hashlib, so that codec and test cannot be wrong in the same way.
TEST(Encode, TheTokenOfAnOrderIsTheOneThatAnotherImplementationMakes) {
  const LoadedPlugin plugin;
  const Params params{{"market", "KRW-BTC"},        {"side", "bid"},
                      {"ord_type", "limit"},        {"volume", "0.01"},
                      {"price", "100.0"},           {"time_in_force", "ioc"},
                      {"smp_type", "cancel_taker"}, {"identifier", "eb-abc123-1"}};
  const auto request = plugin.codec().encode(ExchangeOp::kOrderCreate, params, &kKeys, kNonce);
  ASSERT_TRUE(request);
  EXPECT_EQ(
      request->headers.front().value,
      "Bearer eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
      "eyJhY2Nlc3Nfa2V5IjoidGVzdC1hY2Nlc3Mta2V5Iiwibm9uY2UiOiJiMmYxZTNmOC0yZGMxLTRkNmYtYTgzOC1j"
      "NzRjNDliMGUzOWEiLCJxdWVyeV9oYXNoIjoiYjMyNTY0NjMwNGNjMGEyYzA3ZTQ2ZmY4NzQ0MGM5NWRmMWRhMTJj"
      "OGRiZWE4YzQxMGNmYmYwMzIyN2RiNmM5ZTVhMWQ0MDdmOTllMzk0YWNiZTE2N2U3MmYxMTMyYjNhZTYzMGY4NTA5"
      "NmM4N2Y0NzBhODVjYTQ1ZDI5MTU5OGQiLCJxdWVyeV9oYXNoX2FsZyI6IlNIQTUxMiJ9."
      "_n5363tDPVMnz27W69p8X6qh1z2LGplQ2JSiIk6GSxHhznl5zgrAiCPEyvrRswd_X30nLAqahmIgLl18k7adkQ");
}

struct Refused {
  ExchangeOp op;
  Params params;
  std::string field;
};

TEST(Encode, AWrongParameterIsRefusedAndNamedBeforeItCanBurnAnIdentifier) {
  using Op = ExchangeOp;
  const LoadedPlugin plugin;
  const Field market{"market", "KRW-BTC"};
  const Field bid{"side", "bid"};
  const Field ask{"side", "ask"};
  const std::vector<Refused> refused{
      {Op::kChance, {}, "market"},
      {Op::kChance, {market, market}, "market"},
      {Op::kChance, {market, {"uuid", "x"}}, "uuid"},
      {Op::kChance, {{"market", "krw-btc"}}, "market"},
      {Op::kChance, {{"market", "KRW-BTC&x=1"}}, "market"},
      {Op::kChance, {{"market", ""}}, "market"},
      {Op::kMarkets, {{"is_details", "false"}}, "is_details"},
      {Op::kTicker, {{"markets", "KRW-BTC,"}}, "markets"},
      {Op::kCandles, {market}, "timeframe_s"},
      {Op::kCandles, {market, {"timeframe_s", "61"}}, "timeframe_s"},
      {Op::kCandles, {market, {"timeframe_s", "60"}, {"count", "201"}}, "count"},
      {Op::kCandles, {market, {"timeframe_s", "60"}, {"to", "now"}}, "to"},
      {Op::kOrderGet, {}, "uuid"},
      {Op::kOrderGet, {{"uuid", "u"}, {"identifier", "i"}}, "uuid"},
      {Op::kOrderGet, {{"uuid", "a&b=c"}}, "uuid"},
      {Op::kOrderCancel, {{"identifier", "with \"quote"}}, "identifier"},
      {Op::kOrdersOpen, {{"limit", "101"}}, "limit"},
      {Op::kOrdersOpen, {{"page", "0"}}, "page"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "limit"}, {"volume", "1"}}, "price"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "limit"}, {"price", "1"}}, "volume"},
      {Op::kOrderCreate,
       {market, bid, {"ord_type", "price"}, {"price", "1"}, {"volume", "1"}},
       "volume"},
      {Op::kOrderCreate, {market, ask, {"ord_type", "price"}, {"price", "1"}}, "ord_type"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "market"}, {"volume", "1"}}, "ord_type"},
      {Op::kOrderCreate,
       {market, ask, {"ord_type", "market"}, {"volume", "1"}, {"price", "1"}},
       "price"},
      {Op::kOrderCreate, {market, ask, {"ord_type", "best"}, {"volume", "1"}}, "time_in_force"},
      {Op::kOrderCreate,
       {market, bid, {"ord_type", "price"}, {"price", "1"}, {"time_in_force", "ioc"}},
       "time_in_force"},
      {Op::kOrderCreate,
       {market,
        bid,
        {"ord_type", "limit"},
        {"price", "1"},
        {"volume", "1"},
        {"time_in_force", "post_only"},
        {"smp_type", "cancel_taker"}},
       "smp_type"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "price"}, {"price", "-1"}}, "price"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "price"}, {"price", "1e5"}}, "price"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "price"}, {"price", "0.00"}}, "price"},
      {Op::kOrderCreate, {market, bid, {"ord_type", "price"}, {"price", "1."}}, "price"},
      {Op::kOrderCreate, {market, {"side", "buy"}, {"ord_type", "price"}, {"price", "1"}}, "side"},
      {Op::kOrderCreate,
       {market, bid, {"ord_type", "price"}, {"price", "1"}, {"identifier", std::string(65, 'i')}},
       "identifier"},
  };
  for (const Refused& wrong : refused) {
    const auto request = plugin.codec().encode(wrong.op, wrong.params, &kKeys, kNonce);
    ASSERT_FALSE(request) << wrong.field;
    EXPECT_EQ(request.error().code, "EXCHANGE_ARGUMENT");
    EXPECT_EQ(plugin.last_error().substr(0, wrong.field.size() + 1), wrong.field + ":");
  }
}

TEST(Encode, WithoutKeysOrNonceNothingOfTheAccountIsAsked) {
  const LoadedPlugin plugin;
  const auto codec = plugin.codec();
  const plugins::Credentials no_secret{"key", ""};
  const plugins::Credentials injecting{"key\",\"x\":\"", "secret"};
  EXPECT_FALSE(codec.encode(ExchangeOp::kAccounts, {}, nullptr, kNonce));
  EXPECT_FALSE(codec.encode(ExchangeOp::kAccounts, {}, &no_secret, kNonce));
  EXPECT_FALSE(codec.encode(ExchangeOp::kAccounts, {}, &injecting, kNonce));
  EXPECT_FALSE(codec.encode(ExchangeOp::kAccounts, {}, &kKeys, ""));
  EXPECT_TRUE(codec.encode(ExchangeOp::kMarkets, {}, nullptr, ""));
}

TEST(Encode, AnErrorTextNeverRepeatsASecret) {
  const LoadedPlugin plugin;
  const plugins::Credentials bad{"ACCESS\"KEY", "top-secret"};
  ASSERT_FALSE(plugin.codec().encode(ExchangeOp::kAccounts, {}, &bad, kNonce));
  EXPECT_EQ(plugin.last_error(), "access_key: malformed");
}

TEST(Encode, AnUnknownCallIsUnsupported) {
  const LoadedPlugin plugin;
  const auto request = plugin.codec().encode(static_cast<ExchangeOp>(999), {}, &kKeys, kNonce);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, "EXCHANGE_UNSUPPORTED");
}

TEST(Plugin, AsksForNothingButDecimalsAndRefusesSettings) {
  LoadedPlugin plugin;
  EXPECT_FALSE(plugin.asked_for_more());
  const eb_field param{{"x", 1}, {"1", 1}};
  eb_create_args args{};
  args.size = sizeof args;
  args.n_params = 1;
  args.params = &param;
  eb_plugin second{};
  second.size = sizeof second;
  EXPECT_EQ(plugin.module().factory->create(&plugin.host(), &args, &second), EB_ERR_UNKNOWN_KEY);
}

TEST(Plugin, ACallOfAnOlderHeaderIsRefusedNotRead) {
  const LoadedPlugin plugin;
  eb_exchange_call call{};
  call.size = 8;
  eb_request_sink sink{};
  sink.size = sizeof sink;
  EXPECT_EQ(plugin.table().encode(plugin.self(), &call, &sink), EB_ERR_ARGUMENT);
}

}  // namespace
}  // namespace everbit::test

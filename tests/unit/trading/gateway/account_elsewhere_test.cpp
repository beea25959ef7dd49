#include <gmock/gmock.h>

#include <boost/asio/post.hpp>

#include "integration/trading/exchange_side.h"
#include "net/io_threads.h"
#include "trading/gateway/rate_groups.h"

namespace everbit::trading {
namespace {

using plugins::ExchangeOp;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// Notes where each request wanted to go, and answers nothing of use.
class NotingCaller final : public net::HttpCaller {
 public:
  std::vector<std::string> seen;

  net::HttpCallHandle send_read(net::ReadCall call, boost::asio::any_io_executor executor,
                                net::HttpHandler handler) override {
    net::HttpResult result = read_blocking(std::move(call));
    boost::asio::post(executor, [handler, result] { handler(result); });
    return {};
  }
  net::HttpResult send_blocking(net::HttpCall call) override {
    return note(call.request.origin, call.request.target);
  }
  net::HttpResult read_blocking(net::ReadCall call) override {
    const auto request = call.make().value();
    return note(request.origin, request.target);
  }

 private:
  net::HttpResult note(const net::Origin& origin, const std::string& target) {
    seen.push_back(origin.host + target.substr(0, target.find('?')));
    return {};
  }
};

// Mode PAPER: the account is within the process, the market data is the real one's.
class AccountElsewhere : public testing::Test {
 protected:
  AccountElsewhere() { io_.start(); }

  const net::Origin real_{true, "real.test", 443};
  const net::Origin paper_{true, "paper.invalid", 443};
  SystemClock clock_;
  net::IoThreads io_;
  NotingCaller market_data_;
  NotingCaller account_;
  net::RateLimiter limiter_{clock_, io_.executor(), exchange_rate_groups()};
  plugins::ExchangeCodec codec_ = test::upbit_codec();
  ExchangeGateway gateway_{{codec_,
                            market_data_,
                            limiter_,
                            clock_,
                            real_,
                            io_.executor(),
                            {Secret("paper"), Secret("paper")},
                            ExchangeGateway::Parts::Account{&account_, paper_}}};
};

TEST_F(AccountElsewhere, NothingOfTheAccountTakesTheWayOfTheMarketData) {
  const std::vector<plugins::Field> order{
      {"market", "KRW-BTC"}, {"side", "ask"}, {"ord_type", "market"}, {"volume", "1"}};
  for (const ExchangeOp op : {ExchangeOp::kAccounts, ExchangeOp::kOrdersOpen,
                              ExchangeOp::kOrdersClosed, ExchangeOp::kApiKeys}) {
    (void)gateway_.read(op, {}, net::RatePriority::kLookup);
  }
  (void)gateway_.read(ExchangeOp::kChance, {{"market", "KRW-BTC"}}, net::RatePriority::kLookup);
  (void)gateway_.read(ExchangeOp::kOrderGet, {{"identifier", "eb-1"}}, net::RatePriority::kLookup);
  (void)gateway_.probe(ExchangeOp::kOrderTest, order);
  (void)gateway_.probe(ExchangeOp::kWithdrawProbe, {});
  (void)gateway_.cancel("b2f1e3f8-2dc1-4d6f-a838-c74c49b0e39a");
  EXPECT_THAT(market_data_.seen, IsEmpty());
  EXPECT_EQ(account_.seen.size(), 9U);
  EXPECT_THAT(account_.seen, testing::Each(StartsWith("paper.invalid/")));
  EXPECT_EQ(gateway_.account_origin(), paper_);
  EXPECT_EQ(gateway_.sign_create(order).value().origin, paper_);
}

TEST_F(AccountElsewhere, MarketDataIsTheRealExchanges) {
  (void)gateway_.read(ExchangeOp::kCandles, {{"market", "KRW-BTC"}, {"timeframe_s", "60"}},
                      net::RatePriority::kLookup);
  EXPECT_THAT(market_data_.seen, ElementsAre("real.test/v1/candles/minutes/1"));
  EXPECT_THAT(account_.seen, IsEmpty());
}

}  // namespace
}  // namespace everbit::trading

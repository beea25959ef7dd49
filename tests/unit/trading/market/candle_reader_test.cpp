#include "trading/market/candle_reader.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <functional>

#include "base/json_writer.h"
#include "integration/trading/exchange_side.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

constexpr int kPeriod = 900;
const std::string kMarket = "KRW-BTC";
const Timestamp kEnd = Timestamp::parse("2026-03-02T00:00:00Z").value();

// The open time of the candle that closed `n` periods before kEnd; 0 is the newest closed one.
Timestamp open_of(int n) { return kEnd - seconds((n + 1) * kPeriod); }

// An exchange within the process: what it answers is the test's.
class ScriptedExchange final : public net::HttpCaller {
 public:
  struct Question {
    std::string market;
    Timestamp to;
    std::size_t count = 0;
  };
  struct Answer {
    int status = 200;  // 0: never
    std::string body;
  };

  std::function<Answer(const Question&)> answer;
  std::vector<Question> asked;

  net::HttpCallHandle send_read(net::ReadCall call, boost::asio::any_io_executor executor,
                                net::HttpHandler handler) override {
    net::HttpResult result = read_blocking(std::move(call));
    if (result.response.status == 0) return {};
    boost::asio::post(
        executor, [handler = std::move(handler), result = std::move(result)] { handler(result); });
    return {};
  }
  net::HttpResult send_blocking(net::HttpCall) override {
    throw std::logic_error("a reader of candles sends nothing");
  }
  net::HttpResult read_blocking(net::ReadCall call) override {
    const std::string target = call.make().value().target;
    Question question{field(target, "market"), Timestamp::parse(field(target, "to")).value(),
                      std::stoul(field(target, "count"))};
    Answer said = answer(question);
    asked.push_back(std::move(question));
    net::HttpResult result;
    result.outcome = net::CallOutcome::kAnswered;
    result.response.status = said.status;
    result.response.body = std::move(said.body);
    return result;
  }

 private:
  static std::string field(const std::string& target, const std::string& name) {
    const std::size_t begin = target.find(name + "=") + name.size() + 1;
    std::string value = target.substr(begin, target.find('&', begin) - begin);
    for (std::size_t at = value.find("%3A"); at != std::string::npos; at = value.find("%3A", at)) {
      value.replace(at, 3, ":");
    }
    return value;
  }
};

using Question = ScriptedExchange::Question;
using Answer = ScriptedExchange::Answer;

std::string candle_json(Timestamp open_time, const std::string& market = kMarket,
                        int close = 120'031'000, int unit = kPeriod / 60) {
  const std::string price = std::to_string(close);
  std::string iso = open_time.to_iso();
  iso.pop_back();
  return R"({"market":")" + market + R"(","candle_date_time_utc":")" + iso +
         R"(","opening_price":)" + price + R"(,"high_price":)" + price + R"(,"low_price":)" +
         price + R"(,"trade_price":)" + price + R"(,"timestamp":)" +
         std::to_string((open_time + seconds(1)).ms()) +
         R"(,"candle_acc_trade_price":1000.5,"candle_acc_trade_volume":0.5,"unit":)" +
         std::to_string(unit) + "}";
}

std::string page_json(const std::vector<std::string>& candles) {
  std::string text = "[";
  for (const std::string& candle : candles) text += (text.size() > 1 ? "," : "") + candle;
  return text + "]";
}

// As Upbit: the newest `count` that opened before `to`, newest first, of `total` in a row.
Answer page_of(const Question& question, int total, bool inclusive = false) {
  std::vector<std::string> candles;
  for (int n = 0; n < total && candles.size() < question.count; ++n) {
    if (open_of(n) < question.to || (inclusive && open_of(n) == question.to)) {
      candles.push_back(candle_json(open_of(n), question.market));
    }
  }
  return {200, page_json(candles)};
}

class CandleReaderTest : public testing::Test {
 protected:
  CandleReaderTest() { io_.start(); }
  ~CandleReaderTest() override { io_.stop(); }

  Result<std::vector<Candle>> read(std::size_t most, Timestamp from = Timestamp()) {
    return reader_.read(kMarket, kPeriod, from, kEnd, most);
  }

  // Each of the newest `count` candles once, in order of time.
  static void expect_newest(const Result<std::vector<Candle>>& read, std::size_t count) {
    ASSERT_TRUE(read) << to_string(read.error());
    ASSERT_EQ(read->size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ((*read)[i].open_time, open_of(static_cast<int>(count - 1 - i)).ns()) << i;
    }
  }

  net::IoThreads io_{1, "candles-test"};
  SystemClock clock_;
  plugins::ExchangeCodec codec_ = test::upbit_codec();
  ScriptedExchange exchange_;
  net::RateLimiter limiter_{clock_, io_.executor(), {{"candle", net::RateSide::kQuotation, 10}}};
  net::Origin origin_ = net::parse_url("http://127.0.0.1:1").value().origin;
  ExchangeGateway gateway_{
      {codec_, exchange_, limiter_, clock_, origin_, io_.executor(), ExchangeKey{}}};
  CandleReader reader_{gateway_};
};

TEST_F(CandleReaderTest, SeveralPagesGiveEveryCandleOnceAndInOrder) {
  exchange_.answer = [](const Question& question) { return page_of(question, 1000); };
  expect_newest(read(450), 450);
  ASSERT_EQ(exchange_.asked.size(), 3U);
  EXPECT_EQ(exchange_.asked[2].count, 50U);
}

TEST_F(CandleReaderTest, AnExchangeThatRepeatsTheLastCandleOfAPageDoublesNone) {
  exchange_.answer = [](const Question& question) { return page_of(question, 300, true); };
  expect_newest(read(1000), 300);
}

TEST_F(CandleReaderTest, WhatComesTwiceOrInAnyOrderCountsOnce) {
  exchange_.answer = [](const Question& question) -> Answer {
    if (question.to != kEnd) return {200, "[]"};
    return {200, page_json({candle_json(open_of(1)), candle_json(open_of(2)),
                            candle_json(open_of(0)), candle_json(open_of(1))})};
  };
  expect_newest(read(10), 3);
}

TEST_F(CandleReaderTest, OfTwoThatDifferTheFirstStays) {
  exchange_.answer = [](const Question&) -> Answer {
    return {200, page_json({candle_json(open_of(0), kMarket, 111),
                            candle_json(open_of(0), kMarket, 222)})};
  };
  const auto candles = read(10);
  ASSERT_TRUE(candles);
  ASSERT_EQ(candles->size(), 1U);
  EXPECT_EQ((*candles)[0].close_f, 111);
}

TEST_F(CandleReaderTest, AMarketWithoutCandlesIsEmptyAndAskedOnce) {
  exchange_.answer = [](const Question&) -> Answer { return {200, "[]"}; };
  expect_newest(read(300), 0);
  EXPECT_EQ(exchange_.asked.size(), 1U);
}

TEST_F(CandleReaderTest, AnEmptyPageEndsAYoungMarketsHistory) {
  exchange_.answer = [](const Question& question) { return page_of(question, 200); };
  expect_newest(read(300), 200);
  EXPECT_EQ(exchange_.asked.size(), 2U);
}

TEST_F(CandleReaderTest, APageThatDoesNotGoBackIsNotAskedForForEver) {
  exchange_.answer = [](const Question&) {
    return page_of({kMarket, kEnd, 200}, 200);  // whatever was asked
  };
  expect_newest(read(1000), 200);
  EXPECT_EQ(exchange_.asked.size(), 2U);
}

TEST_F(CandleReaderTest, MoreThanWasAskedForIsCutToTheNewest) {
  exchange_.answer = [](const Question&) { return page_of({kMarket, kEnd, 50}, 50); };
  expect_newest(read(20), 20);
}

TEST_F(CandleReaderTest, AnErrorOnALaterPageLeavesNoHalfHistory) {
  for (const Answer& broken :
       {Answer{500, "<html>502</html>"}, Answer{200, R"([{"market":"KRW-BTC"}])"},
        Answer{200, R"([{"market":"KRW-B)"}, Answer{404, R"({"error":{"name":"x"}})"}}) {
    exchange_.answer = [&](const Question& question) {
      return question.to == kEnd ? page_of(question, 1000) : broken;
    };
    const auto candles = read(450);
    ASSERT_FALSE(candles) << broken.body;
    EXPECT_EQ(candles.error().code, "CANDLES_NOT_READ");
  }
}

TEST_F(CandleReaderTest, TheRunningCandleAndThoseBeforeTheFirstWantedAreLeftOut) {
  exchange_.answer = [](const Question&) -> Answer {
    return {200, page_json({candle_json(open_of(-1)), candle_json(open_of(0)),
                            candle_json(open_of(1)), candle_json(open_of(2))})};
  };
  expect_newest(read(10, open_of(1)), 2);
}

TEST_F(CandleReaderTest, CandlesOfAnotherMarketOrLengthAreNeverTakenForTheWantedOnes) {
  for (const std::string& wrong :
       {candle_json(open_of(0), "KRW-ETH"), candle_json(open_of(0), kMarket, 120'031'000, 60)}) {
    exchange_.answer = [&](const Question&) -> Answer { return {200, page_json({wrong})}; };
    EXPECT_FALSE(read(10)) << wrong;
    const auto all =
        reader_.read_all({{kMarket, open_of(0)}}, kPeriod, kEnd, Deadline::after(seconds(30)));
    EXPECT_FALSE(all.at(kMarket)) << wrong;
  }
}

TEST_F(CandleReaderTest, OneBrokenMarketCostsTheOthersNothing) {
  exchange_.answer = [](const Question& question) -> Answer {
    if (question.market == "KRW-ETH") return {500, "no"};
    return page_of(question, 1000);
  };
  const auto all = reader_.read_all({{kMarket, open_of(2)}, {"KRW-ETH", open_of(2)}}, kPeriod, kEnd,
                                    Deadline::after(seconds(30)));
  expect_newest(all.at(kMarket), 3);
  EXPECT_FALSE(all.at("KRW-ETH"));
}

TEST_F(CandleReaderTest, AMarketThatDoesNotAnswerIsAnErrorAtTheDeadline) {
  exchange_.answer = [](const Question& question) -> Answer {
    if (question.market == "KRW-ETH") return {0, ""};
    return page_of(question, 1000);
  };
  const auto all = reader_.read_all({{kMarket, open_of(2)}, {"KRW-ETH", open_of(2)}}, kPeriod, kEnd,
                                    Deadline::after(seconds(2)));
  expect_newest(all.at(kMarket), 3);
  EXPECT_EQ(all.at("KRW-ETH").error().code, "CANDLES_NOT_READ");
}

// A strategy would otherwise take the oldest of them for periods without a trade.
TEST_F(CandleReaderTest, WhatWasMissedInALongStandstillIsReadToItsFirstCandle) {
  exchange_.answer = [](const Question& question) { return page_of(question, 1000); };
  const auto all = reader_.read_all({{kMarket, open_of(699)}, {"KRW-ETH", open_of(2)}}, kPeriod,
                                    kEnd, Deadline::after(seconds(30)));
  expect_newest(all.at(kMarket), 700);
  expect_newest(all.at("KRW-ETH"), 3);
}

}  // namespace
}  // namespace everbit::trading

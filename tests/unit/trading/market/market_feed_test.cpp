#include "trading/market/market_feed.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <thread>

#include "integration/trading/exchange_side.h"
#include "net/io_threads.h"
#include "unit/net/hostile_server.h"
#include "unit/net/ws_peer.h"

namespace everbit::trading {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20s;
constexpr int kPeriod = 900;
const std::string kMarket = "KRW-BTC";
const std::string kMark = "KRW-ETH";  // its price tells how far the feed has read
const Timestamp kStart = Timestamp::parse("2026-03-02T04:15:00Z").value();

std::string ticker(const std::string& market, std::int64_t price, Timestamp at) {
  return R"({"type":"ticker","code":")" + market + R"(","trade_price":)" + std::to_string(price) +
         R"(,"acc_trade_price_24h":120345678901.25,"trade_timestamp":)" + std::to_string(at.ms()) +
         R"(,"timestamp":)" + std::to_string(at.ms()) + R"(,"stream_type":"REALTIME"})";
}

std::string candle(const std::string& market, std::int64_t price, Timestamp open_time,
                   Timestamp last_trade, const std::string& type = "candle.15m") {
  const std::string text = std::to_string(price);
  std::string iso = open_time.to_iso();
  iso.pop_back();
  return R"({"type":")" + type + R"(","code":")" + market + R"(","candle_date_time_utc":")" + iso +
         R"(","opening_price":)" + text + R"(,"high_price":)" + text + R"(,"low_price":)" + text +
         R"(,"trade_price":)" + text +
         R"(,"candle_acc_trade_volume":2.5,"candle_acc_trade_price":1000.5,"timestamp":)" +
         std::to_string(last_trade.ms()) + R"(,"stream_type":"REALTIME"})";
}

// What the exchange says next, handed from the test to the script of the newest connection.
class Lines {
 public:
  void push(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  void begin(int connection) {
    const std::lock_guard lock(mutex_);
    newest_ = connection;
    changed_.notify_all();
  }
  // Empty: the connection is to be cut, another took its place, or the test is over.
  std::string pop(int connection) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !lines_.empty() || newest_ != connection || over_; });
    if (newest_ != connection || lines_.empty()) return {};
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  int newest_ = 0;
  bool over_ = false;
};

class MarketFeedTest : public testing::Test {
 protected:
  MarketFeedTest() {
    io_.start();
    EXPECT_TRUE(feed_.start());
  }
  ~MarketFeedTest() override {
    feed_.stop();
    lines_.end();
    server_.reset();
    io_.stop();
  }

  net::WsSettings ws_settings() {
    net::WsSettings settings;
    settings.url = {server_->origin(), "/websocket/v1"};
    settings.connect = kPatience;
    settings.backoff = {10ms};
    return settings;
  }

  void serve(net::testing::Peer& peer, int connection) {
    lines_.begin(connection);
    if (net::testing::ws_accept(peer).empty()) return;
    const std::string words = net::testing::WsReader(peer).next().payload;
    {
      const std::lock_guard lock(mutex_);
      subscriptions_.push_back(words);
    }
    for (std::string line = lines_.pop(connection); !line.empty(); line = lines_.pop(connection)) {
      if (!peer.write(net::testing::ws_frame(1, line))) return;
    }
    peer.reset();
  }

  void say(const std::string& frame) { lines_.push(frame); }
  void cut() { lines_.push({}); }

  // Returns once everything that was said before has been read.
  void expect_read() {
    const Decimal price = Decimal::of(std::to_string(++marks_).c_str());
    machine_.advance(250ms);
    say(ticker(kMark, marks_, kStart + marks_ * 250ms));
    EXPECT_TRUE(wait_until([&] {
      const auto view = feed_.view(kMark);
      return view && view->price == price;
    })) << "mark "
        << marks_;
  }

  static bool wait_until(const std::function<bool()>& condition) {
    for (const Deadline deadline = Deadline::after(kPatience); !deadline.expired();) {
      if (condition()) return true;
      std::this_thread::sleep_for(2ms);
    }
    return condition();
  }

  Decimal price() { return feed_.view(kMarket).value().price; }
  // 0: there is no such candle.
  double close_of(Timestamp open_time) {
    const auto kept = feed_.streamed_candle(kMarket, open_time);
    return kept ? kept->close_f : 0;
  }

  ManualClock machine_;
  ExchangeClock exchange_clock_{machine_};
  plugins::ExchangeCodec codec_ = test::upbit_codec();
  Lines lines_;
  std::mutex mutex_;
  std::vector<std::string> subscriptions_;
  int marks_ = 0;
  net::IoThreads io_{1, "feed-test"};
  std::unique_ptr<net::testing::HostileServer> server_ =
      std::make_unique<net::testing::HostileServer>(
          [this](net::testing::Peer& peer, int connection) { serve(peer, connection); });
  MarketFeed feed_{
      {io_, ws_settings(), codec_, exchange_clock_, machine_, {kMarket, kMark}, kPeriod}};
};

TEST_F(MarketFeedTest, ALateTickerDoesNotTurnThePriceBack) {
  say(ticker(kMarket, 120, kStart + 2s));
  say(ticker(kMarket, 100, kStart + 1s));
  expect_read();
  EXPECT_EQ(price(), Decimal::of("120"));
  EXPECT_EQ(feed_.view(kMarket)->exchange_time, kStart + 2s);
}

TEST_F(MarketFeedTest, ARepeatedTickerTeachesTheClockNothing) {
  for (int i = 0; i < 5; ++i) expect_read();
  const auto before = exchange_clock_.now();
  ASSERT_TRUE(before);
  // The last mark again, and again, while time goes on.
  for (int i = 1; i <= 40; ++i) {
    machine_.advance(250ms);
    say(ticker(kMark, 1000 + i, kStart + marks_ * 250ms));
    ASSERT_TRUE(wait_until(
        [&] { return feed_.view(kMark)->price == Decimal::of(std::to_string(1000 + i).c_str()); }));
  }
  EXPECT_EQ(exchange_clock_.now(), *before + 40 * 250ms);
}

TEST_F(MarketFeedTest, AMarketThatNobodyWatchesIsNotKept) {
  say(ticker("KRW-DOGE", 5, kStart));
  say(candle("KRW-DOGE", 5, kStart, kStart + 1s));
  expect_read();
  EXPECT_FALSE(feed_.view("KRW-DOGE"));
  EXPECT_FALSE(feed_.streamed_candle("KRW-DOGE", kStart));
}

TEST_F(MarketFeedTest, ACandleOfAnotherLengthIsNotTakenForOurs) {
  say(candle(kMarket, 120, kStart, kStart + 1s));
  say(candle(kMarket, 999, kStart, kStart + 2s, "candle.1m"));
  expect_read();
  EXPECT_EQ(close_of(kStart), 120);
}

TEST_F(MarketFeedTest, AnOlderUpdateDoesNotReplaceTheLastStateOfACandle) {
  say(candle(kMarket, 120, kStart, kStart + 800s));
  say(candle(kMarket, 100, kStart, kStart + 10s));
  expect_read();
  EXPECT_EQ(close_of(kStart), 120);
  say(candle(kMarket, 130, kStart, kStart + 899s));
  expect_read();
  EXPECT_EQ(close_of(kStart), 130);
}

TEST_F(MarketFeedTest, TheLastUpdateOfAPeriodCountsAlsoAfterTheNextHasBegun) {
  say(candle(kMarket, 120, kStart, kStart + 800s));
  say(candle(kMarket, 121, kStart + 900s, kStart + 901s));
  say(candle(kMarket, 122, kStart, kStart + 899s));
  expect_read();
  EXPECT_EQ(close_of(kStart), 122);
  EXPECT_EQ(close_of(kStart + 900s), 121);
}

TEST_F(MarketFeedTest, AGapHasNoCandleAndOnlyTheNewestTwoAreKept) {
  for (const int period : {0, 1, 5}) {
    say(candle(kMarket, 100 + period, kStart + period * 900s, kStart + period * 900s + 1s));
  }
  expect_read();
  EXPECT_EQ(close_of(kStart), 0);
  EXPECT_EQ(close_of(kStart + 900s), 101);
  EXPECT_EQ(close_of(kStart + 2 * 900s), 0);
  EXPECT_EQ(close_of(kStart + 5 * 900s), 105);
}

TEST_F(MarketFeedTest, OneMessageFromTheFutureDoesNotFreezeThePrice) {
  for (int i = 0; i < 5; ++i) expect_read();
  ASSERT_TRUE(exchange_clock_.now());
  say(ticker(kMarket, 999, kStart + 24h));
  say(candle(kMarket, 999, kStart + 24h, kStart + 24h));
  say(ticker(kMarket, 120, kStart + 2s));
  say(candle(kMarket, 120, kStart, kStart + 2s));
  expect_read();
  EXPECT_EQ(price(), Decimal::of("120"));
  EXPECT_EQ(close_of(kStart), 120);
  EXPECT_EQ(close_of(kStart + 24h), 0);
}

TEST_F(MarketFeedTest, ABrokenFrameLosesOnlyItself) {
  const std::string good = ticker(kMarket, 120, kStart);
  say(good);
  const std::vector<std::string> broken{
      "not json",
      "[1]",
      "{}",
      good.substr(0, good.size() / 2),
      R"({"type":"ticker","code":"KRW-BTC"})",
      R"({"type":"ticker","code":17,"trade_price":1,"acc_trade_price_24h":1,"timestamp":1})",
      R"({"type":"ticker","code":"KRW-BTC","trade_price":"x","acc_trade_price_24h":1,"timestamp":1})",
      R"({"type":"ticker","code":"KRW-BTC","trade_price":1e99,"acc_trade_price_24h":1,"timestamp":1})"};
  for (const std::string& frame : broken) say(frame);
  expect_read();
  EXPECT_EQ(feed_.broken_frames(), broken.size());
  EXPECT_EQ(price(), Decimal::of("120"));
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(MarketFeedTest, AfterACutItSubscribesAnewAndKnowsWhatItKnew) {
  say(ticker(kMarket, 120, kStart + 2s));
  say(candle(kMarket, 120, kStart, kStart + 2s));
  expect_read();
  cut();
  // The new connection begins with snapshots, which may be older.
  say(ticker(kMarket, 100, kStart + 1s));
  say(candle(kMarket, 100, kStart, kStart + 1s));
  expect_read();
  EXPECT_TRUE(feed_.is_connected());
  EXPECT_EQ(price(), Decimal::of("120"));
  EXPECT_EQ(close_of(kStart), 120);
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(subscriptions_.size(), 2U);
  for (const std::string& words : subscriptions_) {
    EXPECT_NE(words.find(R"("KRW-BTC","KRW-ETH")"), std::string::npos) << words;
    EXPECT_NE(words.find(R"("candle.15m")"), std::string::npos) << words;
  }
  EXPECT_NE(subscriptions_[0], subscriptions_[1]) << "a ticket is used once";
}

TEST_F(MarketFeedTest, ARefusedSubscriptionIsTriedAgainOnANewConnection) {
  say(R"({"error":{"name":"WRONG_FORMAT","message":"Format이 맞지 않습니다."}})");
  ASSERT_TRUE(wait_until([this] {
    const std::lock_guard lock(mutex_);
    return subscriptions_.size() > 1;
  }));
  expect_read();
}

TEST_F(MarketFeedTest, SilenceGrowsUntilTheNextMessage) {
  expect_read();
  machine_.advance(6s);
  EXPECT_GE(feed_.silence().value(), 6s);
  expect_read();
  EXPECT_LT(feed_.silence().value(), 6s);
}

}  // namespace
}  // namespace everbit::trading

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "backtest/candle_csv.h"
#include "integration/trading/exchange_side.h"
#include "trading/market/candle_engine.h"
#include "trading/market/candle_reader.h"
#include "trading/market/market_feed.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kMarket = "KRW-BTC";
constexpr int kMinutes = 24;
constexpr Timeframes kFrames{60, 180, 900};

bool eventually(const std::function<bool()>& holds) {
  const Deadline patience = Deadline::after(seconds(40));
  while (!patience.expired()) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return holds();
}

// The trades of one minute, and the candle that they make, worked out by hand.
struct Minute {
  std::vector<std::pair<int, std::string>> trades;  // price, volume

  bool silent() const { return trades.empty(); }
  Candle candle(Timestamp open) const {
    Decimal high = Decimal::from_int(trades.front().first);
    Decimal low = high;
    Decimal volume;
    Decimal value;
    for (const auto& [price, amount] : trades) {
      const Decimal at = Decimal::from_int(price);
      high = std::max(high, at);
      low = std::min(low, at);
      volume = volume + Decimal::of(amount);
      value = value + checked_mul(at, Decimal::of(amount), Rounding::kDown).value();
    }
    return make_candle(open.ns(), 60, Decimal::from_int(trades.front().first), high, low,
                       Decimal::from_int(trades.back().first), volume, value);
  }
};

Minute minute(int i) {
  // No two in a row: the exchange closes a socket that was silent for two minutes of its time.
  if (i % 5 == 3 || i == 10) return {};
  const int price = 100'000'000 + (i * 37 % 11) * 50'000;
  return {{{price, "0.01"}, {price + 90'000, "0.002"}, {price - 40'000, "0.00300001"}}};
}

std::string text_of(std::int32_t role, const Candle& candle) {
  std::ostringstream text;
  text << role << ' ' << Timestamp::from_ns(candle.open_time).to_iso() << ' '
       << Timestamp::from_ns(candle.close_time).to_iso() << ' ' << candle.flags;
  for (const eb_dec number :
       {candle.open, candle.high, candle.low, candle.close, candle.volume, candle.value}) {
    text << ' ' << from_abi(number).value().to_string();
  }
  // The doubles bit by bit.
  for (const double number : {candle.open_f, candle.high_f, candle.low_f, candle.close_f,
                              candle.volume_f, candle.value_f}) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    text << ' ' << bits;
  }
  return text.str();
}

// All closes of the three timeframes, as a strategy would be told of them.
class Events {
 public:
  void candle(const Candle& candle) {
    ASSERT_EQ(engine_.check(candle), CandleFault::kNone);
    engine_.push(candle, [this](std::int32_t role, const Candle& one) { add(role, one); });
  }
  void silence() {
    engine_.fill([this](std::int32_t role, const Candle& one) { add(role, one); });
  }
  void silence_until(Timestamp end) {
    while (engine_.next_open() < end.ns()) silence();
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  void add(std::int32_t role, const Candle& candle) { all_.push_back(text_of(role, candle)); }

  CandleEngine engine_{kFrames};
  std::vector<std::string> all_;
};

class CandleEvents : public testing::Test {
 protected:
  // The machine's clock goes with the exchange's: the feed drops what is far ahead of it.
  void advance(milliseconds by) {
    clock_.advance(by);
    sim_.post("/clock", R"({"advance_ms":)" + std::to_string(by.count()) + "}");
  }
  // Exchange time, held still by the test.
  Timestamp exchange_now() {
    const std::string state = sim_.state();
    const std::size_t at = state.find("\"now\":") + 6;
    return Timestamp::from_ms(std::stoll(state.substr(at)));
  }
  void trade(const Minute& one) {
    std::string list;
    for (const auto& [price, volume] : one.trades) {
      list += std::string(list.empty() ? "" : ",") + R"({"price":")" + std::to_string(price) +
              R"(","volume":")" + volume + R"(","side":"bid"})";
    }
    sim_.post("/trades/KRW-BTC", R"({"trades":[)" + list + "]}");
  }

  net::WsSettings socket() const {
    net::WsSettings ws;
    ws.url = {sim_.rest(), "/websocket/v1"};
    return ws;
  }

  ManualClock clock_;
  test::ScratchFolder folder_;
  test::UpbitSim sim_;
  test::ExchangeClient exchange_{sim_.rest()};
  CandleReader reader_{exchange_.gateway()};
  net::IoThreads io_{1, "events-test"};
  ExchangeClock exchange_clock_{clock_};
  plugins::ExchangeCodec codec_ = test::upbit_codec();
};

// What differs live from a back-test begins here: all three ways must lead to the same events, down
// to the last bit of each number, silent minutes included.
TEST_F(CandleEvents, StreamRestAndFileGiveTheSameCloses) {
  io_.start();
  sim_.post("/clock", R"({"hold":true})");
  clock_.set(exchange_now());
  MarketFeed feed({io_, socket(), codec_, exchange_clock_, clock_, {kMarket}, 60});
  ASSERT_TRUE(feed.start());
  ASSERT_TRUE(eventually([&] { return feed.view(kMarket).has_value(); }));
  // To the start of a period of the longest timeframe.
  const Timestamp now = exchange_now();
  const Timestamp start = now.floor_to(seconds(kFrames.long_s)) + seconds(kFrames.long_s);
  advance(std::chrono::duration_cast<milliseconds>(start - now) + milliseconds(500));

  Events streamed;
  std::ofstream file(folder_ / "candles.csv");
  file << "candle_time_utc,open,high,low,close,volume,value\n";
  for (int i = 0; i < kMinutes; ++i) {
    const Minute one = minute(i);
    const Timestamp open = start + seconds(60 * i);
    if (!one.silent()) {
      trade(one);
      const Candle wanted = one.candle(open);
      ASSERT_TRUE(eventually([&] {
        const auto got = feed.streamed_candle(kMarket, open);
        return got && eb_dec_compare(got->volume, wanted.volume) == 0;
      })) << open.to_iso();
      streamed.candle(*feed.streamed_candle(kMarket, open));
      file << open.to_iso();
      for (const eb_dec number :
           {wanted.open, wanted.high, wanted.low, wanted.close, wanted.volume, wanted.value}) {
        file << ',' << from_abi(number).value().to_string();
      }
      file << '\n';
    } else {
      EXPECT_FALSE(feed.streamed_candle(kMarket, open));
      streamed.silence();
    }
    advance(seconds(60));
  }
  file.close();
  feed.stop();
  const Timestamp end = start + seconds(60 * kMinutes);

  Events read;
  const auto candles = reader_.read(kMarket, 60, start, end, kMinutes);
  ASSERT_TRUE(candles) << to_string(candles.error());
  for (const Candle& candle : *candles) read.candle(candle);
  read.silence_until(end);

  Events filed;
  auto source = backtest::CsvCandleSource::open(folder_ / "candles.csv", {60}).value();
  Candle candle{};
  while (source->next(candle).value()) filed.candle(candle);
  filed.silence_until(end);

  EXPECT_EQ(streamed.all().size(), static_cast<std::size_t>(kMinutes + kMinutes / 3 + 1));
  EXPECT_EQ(streamed.all(), filed.all());
  EXPECT_EQ(read.all(), filed.all());
}

}  // namespace
}  // namespace everbit::trading

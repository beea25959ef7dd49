#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/ws_client.h"
#include "plugins/exchange/exchange_codec.h"
#include "trading/market/candle.h"
#include "trading/market/exchange_clock.h"

namespace everbit::trading {

// What the public WebSocket last said of a market.
struct MarketView {
  Decimal price;
  Decimal traded_value_24h;
  Timestamp exchange_time;
  SteadyTime received;
};

// The public WebSocket: tickers and running candles of the watched markets. It feeds the exchange's
// clock and keeps only the newest of everything, so a slow reader costs no memory. What was not
// asked for, repeats what is known or is older changes nothing. Owned by the application; stopped
// before its I/O threads. The readers: any thread.
class MarketFeed {
 public:
  struct Parts {
    net::IoThreads& threads;
    net::WsSettings ws;
    const plugins::ExchangeCodec& codec;
    ExchangeClock& exchange_clock;
    const Clock& clock;
    std::vector<std::string> markets;
    int timeframe_s = 0;
    // Somebody else who lives by the same channel: further streams (EB_STREAM_*), every frame of it
    // as it came, and that it is down. On the feed's strand; must not block. May be empty.
    std::uint32_t more_streams = 0;
    std::function<void(const std::string& frame)> also{};
    std::function<void()> down{};
  };

  explicit MarketFeed(Parts parts);
  ~MarketFeed();
  MarketFeed(const MarketFeed&) = delete;
  MarketFeed& operator=(const MarketFeed&) = delete;

  // Code NET_CA_FILE.
  Result<void> start();
  void stop();

  bool is_connected() const { return connected_.load(); }
  std::optional<MarketView> view(const std::string& market) const;
  // The stream's own candle of that period: what stands in when REST does not answer.
  std::optional<Candle> streamed_candle(const std::string& market, Timestamp open_time) const;
  // How long ago the last message came; empty before the first.
  std::optional<std::chrono::nanoseconds> silence() const;
  std::uint64_t broken_frames() const { return broken_frames_.load(); }

 private:
  void opened();
  void message(const net::WsMessage& message);
  void keep(const plugins::Findings& found);
  void keep_ticker(const plugins::Ticker& ticker, SteadyTime now);
  void keep_candle(const plugins::Candle& candle);
  bool is_watched(const std::string& market) const;
  bool is_ahead(Timestamp time) const;

  struct Streamed {
    Timestamp last_trade;
    Candle candle{};
  };

  Parts parts_;
  std::unique_ptr<net::WsClient> ws_;
  mutable std::mutex mutex_;
  std::map<std::string, MarketView> views_;
  // The newest two of each market: the last update of a period may come after its end.
  std::map<std::string, std::map<std::int64_t, Streamed>> streamed_;
  std::optional<SteadyTime> last_message_;
  std::atomic<bool> connected_{false};
  std::atomic<std::uint64_t> broken_frames_{0};
};

}  // namespace everbit::trading

#include "trading/market/market_feed.h"

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <utility>

#include "base/log.h"
#include "base/uuid.h"
#include "net/io_threads.h"

namespace everbit::trading {
namespace {

using plugins::Channel;

constexpr std::size_t kStreamedCandles = 2;
// One message stamped in the future would make all true ones look old.
constexpr std::chrono::seconds kMostAhead{60};

}  // namespace

MarketFeed::MarketFeed(Parts parts) : parts_(std::move(parts)) {}

MarketFeed::~MarketFeed() { stop(); }

Result<void> MarketFeed::start() {
  net::WsHandlers handlers;
  handlers.opened = [this] { opened(); };
  handlers.message = [this](const net::WsMessage& text) { message(text); };
  handlers.state = [this](net::WsState state, const std::string& reason) {
    connected_.store(state == net::WsState::kConnected);
    if (!connected_.load() && parts_.down) parts_.down();
    log_info("market_feed", {{"state", net::to_string(state)}, {"reason", reason}});
  };
  auto ws = net::WsClient::make(parts_.threads, parts_.ws, std::move(handlers),
                                boost::asio::make_strand(parts_.threads.executor()));
  if (!ws) return ws.error();
  ws_ = std::move(*ws);
  ws_->start();
  return {};
}

void MarketFeed::stop() {
  if (ws_) ws_->stop();
}

void MarketFeed::opened() {
  plugins::Subscription subscription;
  subscription.streams = EB_STREAM_TICKER | EB_STREAM_CANDLE | parts_.more_streams;
  subscription.markets = parts_.markets;
  subscription.timeframe_s = parts_.timeframe_s;
  subscription.ticket = Uuid::make_v4().to_string();
  auto frame = parts_.codec.ws_subscribe(Channel::kPublic, subscription);
  if (!frame || !ws_->send_text(*frame)) ws_->reconnect("could not subscribe");
}

void MarketFeed::message(const net::WsMessage& message) {
  auto frame = parts_.codec.ws_decode(Channel::kPublic, message.data);
  if (!frame) {
    // One broken frame loses one update; the next one carries everything again.
    const auto count = broken_frames_.fetch_add(1) + 1;
    log_warn("market_frame_broken", {{"error", to_string(frame.error())}, {"count", count}});
    return;
  }
  if (frame->error) {
    log_error("market_feed_refused", {{"name", frame->error->name}});
    ws_->reconnect("refused: " + frame->error->name);
    return;
  }
  keep(frame->found);
  if (parts_.also) parts_.also(message.data);
}

void MarketFeed::keep(const plugins::Findings& found) {
  const SteadyTime now = parts_.clock.steady_now();
  const std::lock_guard lock(mutex_);
  last_message_ = now;
  for (const plugins::Ticker& ticker : found.tickers) keep_ticker(ticker, now);
  for (const plugins::Candle& candle : found.candles) keep_candle(candle);
}

void MarketFeed::keep_ticker(const plugins::Ticker& ticker, SteadyTime now) {
  if (!is_watched(ticker.market)) return;
  const auto known = views_.find(ticker.market);
  const bool is_repeated = known != views_.end() && ticker.ts == known->second.exchange_time;
  if (known != views_.end() && ticker.ts < known->second.exchange_time) return;
  // What comes again, as the snapshot after a reconnect, was stamped long ago: no time to learn.
  if (!is_repeated) parts_.exchange_clock.observe(ticker.ts);
  if (is_ahead(ticker.ts)) return;
  views_[ticker.market] = {ticker.price, ticker.traded_value_24h, ticker.ts, now};
}

void MarketFeed::keep_candle(const plugins::Candle& candle) {
  if (!is_watched(candle.market) || candle.timeframe_s != parts_.timeframe_s) return;
  if (is_ahead(candle.open_time)) return;
  auto& kept = streamed_[candle.market];
  const auto known = kept.find(candle.open_time.ns());
  if (known != kept.end() && candle.last_trade < known->second.last_trade) return;
  kept.insert_or_assign(
      candle.open_time.ns(),
      Streamed{candle.last_trade,
               make_candle(candle.open_time.ns(), candle.timeframe_s, candle.open, candle.high,
                           candle.low, candle.close, candle.volume, candle.value)});
  while (kept.size() > kStreamedCandles) kept.erase(kept.begin());
}

bool MarketFeed::is_watched(const std::string& market) const {
  return std::ranges::find(parts_.markets, market) != parts_.markets.end();
}

bool MarketFeed::is_ahead(Timestamp time) const {
  const auto now = parts_.exchange_clock.now();
  return now && time > *now + kMostAhead;
}

std::optional<MarketView> MarketFeed::view(const std::string& market) const {
  const std::lock_guard lock(mutex_);
  const auto view = views_.find(market);
  if (view == views_.end()) return std::nullopt;
  return view->second;
}

std::optional<Candle> MarketFeed::streamed_candle(const std::string& market,
                                                  Timestamp open_time) const {
  const std::lock_guard lock(mutex_);
  const auto kept = streamed_.find(market);
  if (kept == streamed_.end()) return std::nullopt;
  const auto candle = kept->second.find(open_time.ns());
  if (candle == kept->second.end()) return std::nullopt;
  return candle->second.candle;
}

std::optional<std::chrono::nanoseconds> MarketFeed::silence() const {
  const std::lock_guard lock(mutex_);
  if (!last_message_) return std::nullopt;
  return parts_.clock.steady_now() - *last_message_;
}

}  // namespace everbit::trading

#include "trading/market/candle_reader.h"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>

namespace everbit::trading {
namespace {

using plugins::ExchangeOp;
using plugins::Field;

constexpr std::size_t kPage = 200;  // the exchange's most

std::vector<Field> page_of(const std::string& market, int timeframe_s, Timestamp to,
                           std::size_t count) {
  return {{"market", market},
          {"timeframe_s", std::to_string(timeframe_s)},
          {"to", to.to_iso()},
          {"count", std::to_string(std::min(count, kPage))}};
}

Error failed(const GatewayAnswer& answer) {
  return Error("CANDLES_NOT_READ", answer.wire.answered() ? answer.decoded.answer.name + " " +
                                                                answer.decoded.answer.message
                                                          : answer.wire.detail);
}

// Newest first, as they came; appends those that have closed by `to` and are not before `from`.
void append_closed(const std::vector<plugins::Candle>& page, int timeframe_s, Timestamp from,
                   Timestamp to, std::vector<Candle>& newest_first) {
  for (const plugins::Candle& candle : page) {
    const bool closed = candle.open_time + std::chrono::seconds(timeframe_s) <= to;
    if (!closed || candle.open_time < from) continue;
    newest_first.push_back(make_candle(candle.open_time.ns(), timeframe_s, candle.open, candle.high,
                                       candle.low, candle.close, candle.volume, candle.value));
  }
}

std::size_t periods_between(Timestamp from, Timestamp to, int timeframe_s) {
  if (to <= from) return 1;
  return static_cast<std::size_t>((to - from) / std::chrono::seconds(timeframe_s)) + 1;
}

// Collects the answers of several requests that are under way at once.
struct Gathering {
  std::mutex mutex;
  std::condition_variable all_there;
  std::map<std::string, GatewayAnswer> answers;
};

}  // namespace

Result<std::vector<Candle>> CandleReader::read(const std::string& market, int timeframe_s,
                                               Timestamp from, Timestamp to,
                                               std::size_t most) const {
  std::vector<Candle> newest_first;
  Timestamp page_end = to;
  while (newest_first.size() < most) {
    const GatewayAnswer answer = gateway_.read(
        ExchangeOp::kCandles, page_of(market, timeframe_s, page_end, most - newest_first.size()),
        net::RatePriority::kLookup);
    if (!answer.ok()) return failed(answer);
    const auto& page = answer.decoded.found.candles;
    if (page.empty()) break;
    append_closed(page, timeframe_s, from, to, newest_first);
    const Timestamp oldest = page.back().open_time;
    if (oldest <= from || oldest >= page_end) break;
    page_end = oldest;
  }
  std::reverse(newest_first.begin(), newest_first.end());
  return newest_first;
}

std::map<std::string, Result<std::vector<Candle>>> CandleReader::read_all(
    const std::vector<Wanted>& wanted, int timeframe_s, Timestamp to, Deadline deadline) const {
  const auto gathering = std::make_shared<Gathering>();
  for (const Wanted& want : wanted) {
    const std::size_t count = periods_between(want.from, to, timeframe_s);
    gateway_.read_async(ExchangeOp::kCandles, page_of(want.market, timeframe_s, to, count),
                        net::RatePriority::kLookup, gateway_.io(),
                        [gathering, market = want.market](GatewayAnswer answer) {
                          const std::lock_guard lock(gathering->mutex);
                          gathering->answers.insert_or_assign(market, std::move(answer));
                          gathering->all_there.notify_one();
                        });
  }
  std::unique_lock lock(gathering->mutex);
  gathering->all_there.wait_until(lock, deadline.time(),
                                  [&] { return gathering->answers.size() == wanted.size(); });
  std::map<std::string, Result<std::vector<Candle>>> candles;
  for (const Wanted& want : wanted) {
    const auto answer = gathering->answers.find(want.market);
    if (answer == gathering->answers.end()) {
      candles.emplace(want.market, Error("CANDLES_NOT_READ", "no answer in time"));
    } else if (!answer->second.ok()) {
      candles.emplace(want.market, failed(answer->second));
    } else {
      std::vector<Candle> closed;
      append_closed(answer->second.decoded.found.candles, timeframe_s, want.from, to, closed);
      std::reverse(closed.begin(), closed.end());
      candles.emplace(want.market, std::move(closed));
    }
  }
  return candles;
}

}  // namespace everbit::trading

#include "trading/market/candle_reader.h"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>

#include "trading/market/gap_ledger.h"

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

GapCause cause_of(const GatewayAnswer& answer) {
  using plugins::Meaning;
  if (!answer.wire.answered()) {
    const bool limited = answer.wire.failure == net::CallFailure::kRateLimited ||
                         answer.wire.failure == net::CallFailure::kBlocked;
    return limited ? GapCause::kRateLimit : GapCause::kDisconnected;
  }
  const Meaning meaning = answer.decoded.answer.meaning;
  if (meaning == Meaning::kRateLimited || meaning == Meaning::kBlocked) return GapCause::kRateLimit;
  const bool closed = meaning == Meaning::kOffline || answer.wire.response.status == 503;
  return closed ? GapCause::kMaintenance : GapCause::kDisconnected;
}

Error failed(const GatewayAnswer& answer) {
  return Error("CANDLES_NOT_READ",
               answer.wire.answered()
                   ? answer.decoded.answer.name + " " + answer.decoded.answer.message
                   : answer.wire.detail,
               std::string(to_string(cause_of(answer))));
}

// By open time: their order is ours, and one that comes twice, as the last of a page and the first
// of the next, counts once.
using ByTime = std::map<std::int64_t, Candle>;

// Takes those that have closed by `to` and are not before `from`.
Result<void> take_closed(const std::vector<plugins::Candle>& page, const std::string& market,
                         int timeframe_s, Timestamp from, Timestamp to, ByTime& closed) {
  for (const plugins::Candle& candle : page) {
    if (candle.market != market || candle.timeframe_s != timeframe_s) {
      return Error("CANDLES_NOT_READ", "the answer holds candles that were not asked for");
    }
    const bool is_closed = candle.open_time + std::chrono::seconds(timeframe_s) <= to;
    if (!is_closed || candle.open_time < from) continue;
    closed.emplace(candle.open_time.ns(),
                   make_candle(candle.open_time.ns(), timeframe_s, candle.open, candle.high,
                               candle.low, candle.close, candle.volume, candle.value));
  }
  return {};
}

Timestamp oldest_of(const std::vector<plugins::Candle>& page) {
  return std::ranges::min_element(page, {}, &plugins::Candle::open_time)->open_time;
}

std::vector<Candle> newest_of(const ByTime& closed, std::size_t most) {
  std::vector<Candle> candles;
  const std::size_t count = std::min(closed.size(), most);
  candles.reserve(count);
  for (auto at = std::prev(closed.end(), static_cast<std::ptrdiff_t>(count)); at != closed.end();
       ++at) {
    candles.push_back(at->second);
  }
  return candles;
}

Result<std::vector<Candle>> closed_in(const GatewayAnswer& answer, const CandleReader::Wanted& want,
                                      int timeframe_s, Timestamp to) {
  if (!answer.ok()) return failed(answer);
  ByTime closed;
  auto taken =
      take_closed(answer.decoded.found.candles, want.market, timeframe_s, want.from, to, closed);
  if (!taken) return taken.error();
  return newest_of(closed, kPage);
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
  ByTime closed;
  Timestamp page_end = to;
  while (closed.size() < most) {
    const GatewayAnswer answer = gateway_.read(
        ExchangeOp::kCandles, page_of(market, timeframe_s, page_end, most - closed.size()),
        net::RatePriority::kLookup);
    if (!answer.ok()) return failed(answer);
    const auto& page = answer.decoded.found.candles;
    if (page.empty()) break;
    auto taken = take_closed(page, market, timeframe_s, from, to, closed);
    if (!taken) return taken.error();
    const Timestamp oldest = oldest_of(page);
    if (oldest <= from || oldest >= page_end) break;
    page_end = oldest;
  }
  return newest_of(closed, most);
}

std::map<std::string, Result<std::vector<Candle>>> CandleReader::read_all(
    const std::vector<Wanted>& wanted, int timeframe_s, Timestamp to, Deadline deadline) const {
  const auto gathering = std::make_shared<Gathering>();
  std::map<std::string, Result<std::vector<Candle>>> candles;
  std::size_t asked = 0;
  for (const Wanted& want : wanted) {
    const std::size_t count = periods_between(want.from, to, timeframe_s);
    if (count > kPage) continue;
    ++asked;
    gateway_.read_async(ExchangeOp::kCandles, page_of(want.market, timeframe_s, to, count),
                        net::RatePriority::kLookup, gateway_.io(),
                        [gathering, market = want.market](GatewayAnswer answer) {
                          const std::lock_guard lock(gathering->mutex);
                          gathering->answers.insert_or_assign(market, std::move(answer));
                          gathering->all_there.notify_one();
                        });
  }
  // A market that stood still for long needs several pages, one after the other.
  for (const Wanted& want : wanted) {
    const std::size_t count = periods_between(want.from, to, timeframe_s);
    if (count <= kPage) continue;
    candles.emplace(want.market, read(want.market, timeframe_s, want.from, to, count));
  }
  std::unique_lock lock(gathering->mutex);
  gathering->all_there.wait_until(lock, deadline.time(),
                                  [&] { return gathering->answers.size() == asked; });
  for (const Wanted& want : wanted) {
    if (candles.contains(want.market)) continue;
    const auto answer = gathering->answers.find(want.market);
    if (answer == gathering->answers.end()) {
      candles.emplace(want.market, Error("CANDLES_NOT_READ", "no answer in time"));
    } else {
      candles.emplace(want.market, closed_in(answer->second, want, timeframe_s, to));
    }
  }
  return candles;
}

}  // namespace everbit::trading

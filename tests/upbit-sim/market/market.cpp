#include "upbit-sim/market/market.h"

#include <algorithm>
#include <utility>

namespace everbit::upbit_sim {
namespace {

constexpr std::size_t kMaxTrades = 20'000;

}  // namespace

Market::Market(std::string code, std::string korean_name, std::string english_name,
               const Decimal& value_per_level, std::uint64_t seed)
    : code_(std::move(code)),
      quote_(code_.substr(0, code_.find('-'))),
      base_(code_.substr(code_.find('-') + 1)),
      korean_name_(std::move(korean_name)),
      english_name_(std::move(english_name)),
      makers_(quote_, value_per_level, seed) {}

const PublicTrade& Market::record(PublicTrade trade) {
  // Like the exchange's: derived from the time, unique, about 17 digits.
  last_sequential_id_ = std::max(last_sequential_id_ + 1, trade.time * 10'000);
  trade.sequential_id = last_sequential_id_;
  candles_.add_trade(trade);
  if (const Millis day = start_of(Unit::k1d, trade.time); day != side_day_) {
    side_day_ = day;
    ask_volume_ = bid_volume_ = 0;
  }
  (trade.taker_bid ? bid_volume_ : ask_volume_) += trade.volume;
  trades_.push_back(trade);
  if (trades_.size() > kMaxTrades) trades_.pop_front();
  return trades_.back();
}

Decimal Market::last_price() const {
  const Candle* day = candles_.latest(Unit::k1d);
  return day == nullptr ? Decimal{} : from_e8(day->close);
}

Ticker Market::ticker(Millis now) const {
  Ticker ticker;
  const auto& days = candles_.all(Unit::k1d);
  if (days.empty()) return ticker;
  const Candle& day = days.back();
  ticker.open = day.open;
  ticker.high = day.high;
  ticker.low = day.low;
  ticker.last = day.close;
  ticker.previous_close = days.size() > 1 ? days[days.size() - 2].close : day.open;
  ticker.last_time = day.last_trade;
  ticker.volume = day.volume;
  ticker.value = day.value;
  if (!trades_.empty()) {
    ticker.last_volume = trades_.back().volume;
    ticker.last_taker_bid = trades_.back().taker_bid;
  }
  const auto& fine = candles_.all(candles_.finest_history());
  for (auto candle = fine.rbegin(); candle != fine.rend() && candle->start > now - kDay; ++candle) {
    ticker.volume_24h += candle->volume;
    ticker.value_24h += candle->value;
  }
  ticker.ask_volume = ask_volume_;
  ticker.bid_volume = bid_volume_;
  ticker.low_52w = day.low;
  for (auto candle = days.rbegin(); candle != days.rend() && candle->start > now - 364 * kDay;
       ++candle) {
    if (candle->high > ticker.high_52w) {
      ticker.high_52w = candle->high;
      ticker.high_52w_at = candle->start;
    }
    if (candle->low <= ticker.low_52w) {
      ticker.low_52w = candle->low;
      ticker.low_52w_at = candle->start;
    }
  }
  return ticker;
}

}  // namespace everbit::upbit_sim

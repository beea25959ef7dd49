#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "upbit-sim/market/candles.h"
#include "upbit-sim/market/maker_book.h"

namespace everbit::upbit_sim {

// Statistics of the ticker, on the UTC day and on the last 24 hours.
struct Ticker {
  E8 open = 0, high = 0, low = 0, last = 0, previous_close = 0;
  E8 last_volume = 0;
  bool last_taker_bid = true;
  Millis last_time = 0;
  E8 volume = 0, volume_24h = 0;
  Int128 value = 0, value_24h = 0;
  E8 ask_volume = 0, bid_volume = 0;  // today's volume by taker side
  E8 high_52w = 0, low_52w = 0;
  Millis high_52w_at = 0, low_52w_at = 0;
};

// One market's public face: trades, candles, what the makers quote. It knows no accounts. One
// thread.
class Market {
 public:
  Market(std::string code, std::string korean_name, std::string english_name,
         const Decimal& value_per_level, std::uint64_t seed);

  const std::string& code() const { return code_; }
  const std::string& quote() const { return quote_; }
  const std::string& base() const { return base_; }
  const std::string& korean_name() const { return korean_name_; }
  const std::string& english_name() const { return english_name_; }
  bool online() const { return online_; }
  void set_online(bool online) { online_ = online; }

  // Books a trade into candles, ticker and the trade list, and gives it its sequential id.
  const PublicTrade& record(PublicTrade trade);

  CandleBook& candles() { return candles_; }
  const CandleBook& candles() const { return candles_; }
  MakerBook& makers() { return makers_; }
  const MakerBook& makers() const { return makers_; }
  const std::deque<PublicTrade>& trades() const { return trades_; }  // oldest first, bounded

  Decimal last_price() const;  // zero before the first trade or candle
  Ticker ticker(Millis now) const;

 private:
  std::string code_, quote_, base_, korean_name_, english_name_;
  bool online_ = true;
  CandleBook candles_;
  MakerBook makers_;
  std::deque<PublicTrade> trades_;
  std::int64_t last_sequential_id_ = 0;
  Millis side_day_ = 0;  // the UTC day that the volumes by side belong to
  E8 ask_volume_ = 0, bid_volume_ = 0;
};

}  // namespace everbit::upbit_sim

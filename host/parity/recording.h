#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backtest/candle_source.h"
#include "backtest/live_track.h"
#include "backtest/request.h"

namespace everbit::parity {

using backtest::Candle;
using backtest::LiveTrack;

// Times are nanoseconds UTC; decisions go by the close of their candle.

// What live decided at one close.
struct LiveDecision {
  std::string state;
  std::vector<std::string> codes;     // the strategy's
  std::vector<std::string> refusals;  // why there is no order, if one was asked for
  std::string side;                   // BUY, SELL or empty
  std::optional<Decimal> amount;      // of the order: KRW of a buy, volume of a sale
  // What the account could pay for, in nine digits, if that was looked at.
  std::optional<double> affordable;
  Candle candle{};  // as the strategy saw it
  std::int64_t decided_at = 0;
  std::vector<std::string>
      ranked;  // the markets whose entries were ranked with it, itself included

  // A period that passed without a trade.
  bool is_filled() const { return candle.volume_f == 0; }
};

struct MarketRecording {
  std::map<std::int64_t, LiveDecision> decisions;
  LiveTrack track;
  // The candles of the cache from a long period before the first state on.
  std::vector<Candle> cached;
  std::map<std::int64_t, std::string> gaps;  // cause, by the open of a period without a candle
};

// A live day, or the part of it that was recorded.
struct Recording {
  // Markets, timeframes, costs, priorities and the fill model; the capital is what was free.
  backtest::Request request;
  std::map<std::string, MarketRecording> markets;
  std::int64_t end = 0;  // no close after it
  Decimal min_order;     // the owner's, see LiveReplay
  Decimal max_order;
  int max_open_markets = 0;
  // The files of the strategies that the tracks name.
  std::vector<std::shared_ptr<const plugins::LoadedPlugin>> plugins;
};

}  // namespace everbit::parity

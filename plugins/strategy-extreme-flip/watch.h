#pragma once

#include "answer.h"
#include "parameters.h"
#include "signal_series.h"
#include "trend_series.h"

namespace everbit::extreme_flip {

// All that the rules of entry look at in one candle.
struct Market {
  const Parameters& parameters;
  const SignalSeries& signal;
  const TrendSeries& macro;
  const TrendSeries& long_term;
  Regime regime;
  const eb_candle_close& candle;
  eb_ts timeframe_ns;
};

// A market that fell to an extreme and is watched for the flip that ends it.
struct Watch {
  bool active = false;
  Regime regime = Regime::kWarmup;
  eb_ts origin_open = 0;  // of the oversold candle it was last (re)started at
  eb_ts origin_close = 0;
  double strength = 0;  // without bonuses
  bool capitulation = false;
  eb_ts buy_close = 0;  // of the candle whose flip asked for an entry; its fate comes with the view

  void start(const Market& market);
  void restart(const Market& market);

  void save(eb::StateWriter& out) const;
  void load(eb::StateReader& in);
};

// What became of the entry that the watch asked for, if it did: drops the watch when its entry was
// filled, or sent and then rejected or cancelled unfilled; a refusal before sending keeps it.
void settle_watch(Watch& watch, const eb_position_view& position);

// Steps 3 and 4 of the state machine for a market that holds nothing and is not cooling down.
void look_for_entry(const Market& market, Watch& watch, Answer& answer);

}  // namespace everbit::extreme_flip

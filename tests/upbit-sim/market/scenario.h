#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upbit-sim/market/path.h"

namespace everbit::upbit_sim {

// The shape of a random market. Lengths are minutes, heights fractions of the price.
struct Shape {
  double drift_per_hour = 0.0;     // since 45 days ago; a twentieth of it before
  double noise = 0.0003;           // deviation of one minute
  double wick = 0.0001;            // how far highs and lows go beyond open and close
  double value_per_minute = 60e6;  // mean traded value, quote currency
  double quiet_minutes = 0.0;      // share of minutes without a trade
  std::int64_t dip_every = 0;      // period of the sell-offs; 0: none
  std::int64_t dip_minutes = 6;    // a sell-off's length
  std::int64_t rebound_minutes = 4;
  double dip_depth = 0.016;
};

struct Scenario {
  std::string name;
  std::string about;
  Shape shape;
  bool still = false;  // no path at all: trades come from accounts and the control port only
};

// demo, random, uptrend, downtrend, quiet, still.
const std::vector<Scenario>& scenarios();
const Scenario* find_scenario(std::string_view name);

// The markets of a scenario: the same seed and start give the same candles on every machine. The
// first unfinished candle of the path is the minute that `now` lies in. The dips of several markets
// are spread evenly over the period, the first market's ends in the minute after `now`'s.
std::vector<MarketPlan> scenario_markets(const Scenario& scenario, std::uint64_t seed,
                                         const std::vector<std::string>& codes, Millis now,
                                         int history_days);

// The markets a scenario has when none are named.
std::vector<std::string> default_markets();

}  // namespace everbit::upbit_sim

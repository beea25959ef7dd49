#pragma once

#include "parity/recording.h"

namespace everbit::parity {

// What a replay decided at one close.
struct Outcome {
  std::string state;
  std::vector<std::string> codes;
  std::vector<std::string> refusals;
  std::string side;
  // What was ordered; with real fills what the strategy asked for, as nothing is ordered then.
  std::optional<Decimal> amount;
  bool all = false;                // a sale of everything
  bool wants_entry = false;        // it was ranked
  plugins::PositionView position;  // as the strategy was handed it
};

// By market, by close.
using Outcomes = std::map<std::string, std::map<std::int64_t, Outcome>>;

// The candles that the replay runs on.
enum class ReplayCandles { kRecorded, kCached };

// Runs the recorded day again through the back-test's engine, from the states that were kept.
// Codes: RECORDING, those of the engine.
Result<Outcomes> replay(const Recording& recording, ReplayCandles candles, bool real_fills);

}  // namespace everbit::parity

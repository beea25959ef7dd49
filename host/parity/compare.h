#pragma once

#include "parity/replay.h"

namespace everbit::parity {

// Why live and the back-test decided otherwise; the first that applies.
enum class DifferenceClass {
  kData,    // the recorded candle is not the cache's; or it is the fault of one before that was not
  kTiming,  // decided late, or ranked with another set of markets
  kFill,    // the same as live when the real fills are used
  kState,   // all else: a bug
  // It would be a bug, if a part of what live was handed had not been lost before it.
  kUnrecorded,
};
std::string_view name_of(DifferenceClass kind);

// One market's close at which live and the back-test are not the same.
struct ParityDifference {
  std::string market;
  std::int64_t close_time = 0;
  DifferenceClass kind = DifferenceClass::kState;
  std::vector<std::string> fields;     // state, codes, side, amount; or decision: one has none
  std::string cause;                   // in a few words
  const LiveDecision* live = nullptr;  // null: none
  std::optional<Outcome> back_test;    // candles of the cache, fills of the model
  std::optional<Outcome> with_real_fills;
};

// A period whose candle is not the same here and there, whether or not a decision changed by it.
struct CandleDifference {
  std::string market;
  std::int64_t open_time = 0;
  std::optional<Candle> recorded;  // nothing: the period passed without a trade, or was not seen
  std::optional<Candle> cached;
  std::string gap_cause;  // empty: none is known
  bool seen = false;      // live decided on the period
};

struct ParityReport {
  std::vector<ParityDifference> differences;  // by close, then market
  std::vector<CandleDifference> candles;      // likewise
  std::size_t decisions = 0;                  // of live
  std::size_t unrecorded = 0;                 // of them without what they were made of
  std::size_t late = 0;                       // of them more than 2 s after the close

  std::size_t count(DifferenceClass kind) const;
};

// Replays the day with the recorded candles and real fills, then with the cache and the fill model,
// and tells the differences apart. `recording` outlives the report. Codes: those of replay().
Result<ParityReport> compare(const Recording& recording);

}  // namespace everbit::parity

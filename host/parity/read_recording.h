#pragma once

#include <functional>

#include "base/timestamp.h"
#include "parity/recording.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::parity {

// Which live run is asked for.
struct RecordingQuestion {
  store::OwnerId owner;
  std::string strategy_key;
  std::string mode;  // REAL, PAPER
  trading::Timeframes timeframes{};
  std::string timeframe;  // of the signals, as in the database: 15m
  Timestamp from;         // 00:00 UTC of the day
  Timestamp to;           // 00:00 UTC of the next
};

// Where the file of a strategy is found by its hash.
using FindPlugin =
    std::function<Result<std::shared_ptr<const plugins::LoadedPlugin>>(const std::string& sha256)>;

// Reads what the trader wrote while it ran, and the candles of the cache beside it. Of each market
// the recording begins with the first state of the day that was kept: that of 00:00, or of the
// warm-up later in the day; a market without one is left out. It ends with the day or, while that
// goes on, with the newest decision. Priorities, limits and the fill model are the caller's to add.
// Codes: NOT_RECORDED, RECORDING, those of store/errors.h and of `find`.
Result<Recording> read_recording(store::Pool& pool, const RecordingQuestion& question,
                                 const FindPlugin& find, Deadline deadline);

// From where on the cache must hold the candles of a day: the long period before it.
Timestamp first_candle_needed(const RecordingQuestion& question);

}  // namespace everbit::parity

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.h"
#include "store/transaction.h"
#include "trading/market/candle.h"

namespace everbit::trading {

// Why a market has no candle for a while.
enum class GapCause {
  kNoTrade,       // the exchange was asked and has none: nobody traded
  kDisconnected,  // neither REST nor the stream gave one
  kRateLimit,     // we were over a limit, or blocked
  kMaintenance,   // the exchange says that it is not open
};

// "NO_TRADE", …: as in the database.
std::string_view to_string(GapCause cause);
// Reads it back; what it does not know is DISCONNECTED.
GapCause gap_cause_of(std::string_view text);

// Whole periods without a candle, from the first's open to the last's close.
struct CandleGap {
  std::string market;
  std::string timeframe;  // "15m"
  Timestamp from;
  Timestamp to;
  GapCause cause = GapCause::kNoTrade;
};

// Keeps the gap, once. The first cause that was written for the same periods stays.
Result<void> record_gap(store::Transaction& tx, const CandleGap& gap);

// A candle that the exchange told otherwise after it was evaluated; it is never evaluated again.
// `after` empty: the exchange has none.
struct CandleCorrection {
  std::string market;
  std::string timeframe;
  Candle before;
  std::optional<Candle> after;
  Timestamp seen_at;
};
Result<void> record_correction(store::Transaction& tx, const CandleCorrection& correction);
// Whether two candles of a period tell the same: prices, volume, and traded value if both know it.
bool is_same(const Candle& a, const Candle& b);

}  // namespace everbit::trading

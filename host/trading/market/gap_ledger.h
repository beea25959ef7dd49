#pragma once

#include <string>
#include <string_view>

#include "base/timestamp.h"
#include "store/transaction.h"

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

}  // namespace everbit::trading

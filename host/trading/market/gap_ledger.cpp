#include "trading/market/gap_ledger.h"

namespace everbit::trading {
namespace {

constexpr store::Sql kInsert{R"sql(
  INSERT INTO candle_gap (market, timeframe, from_time, to_time, cause) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (market, timeframe, from_time, to_time) DO NOTHING)sql"};

}  // namespace

std::string_view to_string(GapCause cause) {
  switch (cause) {
    case GapCause::kNoTrade:
      return "NO_TRADE";
    case GapCause::kDisconnected:
      return "DISCONNECTED";
    case GapCause::kRateLimit:
      return "RATE_LIMIT";
    case GapCause::kMaintenance:
      return "MAINTENANCE";
  }
  return "DISCONNECTED";
}

Result<void> record_gap(store::Transaction& tx, const CandleGap& gap) {
  auto kept = tx.exec(kInsert, gap.market, gap.timeframe, gap.from, gap.to, to_string(gap.cause));
  if (!kept) return kept.error();
  return {};
}

}  // namespace everbit::trading

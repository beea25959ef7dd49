#include "trading/market/gap_ledger.h"

#include <array>

#include "base/json_writer.h"

namespace everbit::trading {
namespace {

constexpr store::Sql kInsert{R"sql(
  INSERT INTO candle_gap (market, timeframe, from_time, to_time, cause) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (market, timeframe, from_time, to_time) DO NOTHING)sql"};

constexpr store::Sql kCorrect{R"sql(
  INSERT INTO candle_correction (market, timeframe, candle_time, before_json, after_json, seen_at)
  VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6))sql"};

bool knows_value(const Candle& candle) { return (candle.flags & EB_CANDLE_VALUE_KNOWN) != 0; }

std::string json_of(const std::optional<Candle>& candle) {
  JsonWriter json;
  json.begin_object();
  if (candle) {
    json.field("open", from_abi(candle->open).value())
        .field("high", from_abi(candle->high).value())
        .field("low", from_abi(candle->low).value())
        .field("close", from_abi(candle->close).value())
        .field("volume", from_abi(candle->volume).value());
    json.key("value");
    knows_value(*candle) ? json.value(from_abi(candle->value).value()) : json.null();
  }
  return json.end_object().take();
}

bool equal(eb_dec a, eb_dec b) { return eb_dec_compare(a, b) == 0; }

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

GapCause gap_cause_of(std::string_view text) {
  constexpr std::array kAll{GapCause::kNoTrade, GapCause::kRateLimit, GapCause::kMaintenance};
  for (const GapCause cause : kAll) {
    if (to_string(cause) == text) return cause;
  }
  return GapCause::kDisconnected;
}

Result<void> record_gap(store::Transaction& tx, const CandleGap& gap) {
  auto kept = tx.exec(kInsert, gap.market, gap.timeframe, gap.from, gap.to, to_string(gap.cause));
  if (!kept) return kept.error();
  return {};
}

Result<void> record_correction(store::Transaction& tx, const CandleCorrection& correction) {
  auto kept = tx.exec(kCorrect, correction.market, correction.timeframe,
                      Timestamp::from_ns(correction.before.open_time), json_of(correction.before),
                      json_of(correction.after), correction.seen_at);
  if (!kept) return kept.error();
  return {};
}

bool is_same(const Candle& a, const Candle& b) {
  return equal(a.open, b.open) && equal(a.high, b.high) && equal(a.low, b.low) &&
         equal(a.close, b.close) && equal(a.volume, b.volume) &&
         (!knows_value(a) || !knows_value(b) || equal(a.value, b.value));
}

}  // namespace everbit::trading

#include "parity/report.h"

#include "base/json_writer.h"
#include "base/timestamp.h"

namespace everbit::parity {
namespace {

std::string iso(std::int64_t time) { return Timestamp::from_ns(time).to_iso(); }

void put_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& items) {
  json.key(key).begin_array();
  for (const std::string& item : items) json.value(item);
  json.end_array();
}

template <class Decided>
void put_decision(JsonWriter& json, const Decided& decision) {
  json.field("state", decision.state);
  put_list(json, "reasonCodes", decision.codes);
  put_list(json, "refusals", decision.refusals);
  json.field("side", decision.side.empty() ? std::nullopt : std::optional(decision.side))
      .field("amount", decision.amount);
}

void put_outcome(JsonWriter& json, std::string_view key, const std::optional<Outcome>& outcome) {
  json.key(key);
  if (!outcome) {
    json.null();
    return;
  }
  json.begin_object();
  put_decision(json, *outcome);
  json.end_object();
}

void put_live(JsonWriter& json, const ParityDifference& difference) {
  json.key("live");
  if (difference.live == nullptr) {
    json.null();
    return;
  }
  json.begin_object();
  put_decision(json, *difference.live);
  put_list(json, "ranked", difference.live->ranked);
  json.field("decidedAt", Timestamp::from_ns(difference.live->decided_at).to_iso_ms()).end_object();
}

void put(JsonWriter& json, const ParityDifference& difference) {
  json.begin_object()
      .field("market", difference.market)
      .field("closeTime", iso(difference.close_time))
      .field("class", name_of(difference.kind));
  put_list(json, "fields", difference.fields);
  json.field("cause", difference.cause);
  put_live(json, difference);
  put_outcome(json, "backTest", difference.back_test);
  put_outcome(json, "realFills", difference.with_real_fills);
  json.end_object();
}

void put_candle(JsonWriter& json, std::string_view key, const std::optional<Candle>& candle) {
  json.key(key);
  if (!candle) {
    json.null();
    return;
  }
  const auto exact = [](eb_dec value) { return from_abi(value).value(); };
  json.begin_object()
      .field("open", exact(candle->open))
      .field("high", exact(candle->high))
      .field("low", exact(candle->low))
      .field("close", exact(candle->close))
      .field("volume", exact(candle->volume));
  std::optional<Decimal> value;
  if ((candle->flags & EB_CANDLE_VALUE_KNOWN) != 0) value = exact(candle->value);
  json.field("value", value).end_object();
}

void put(JsonWriter& json, const CandleDifference& difference) {
  json.begin_object()
      .field("market", difference.market)
      .field("openTime", iso(difference.open_time))
      .field("seen", difference.seen)
      .field("gapCause",
             difference.gap_cause.empty() ? std::nullopt : std::optional(difference.gap_cause));
  put_candle(json, "recorded", difference.recorded);
  put_candle(json, "cached", difference.cached);
  json.end_object();
}

}  // namespace

std::string to_json(const ParitySubject& subject, const Recording& recording,
                    const ParityReport& report) {
  JsonWriter json;
  json.begin_object()
      .field("date", subject.date)
      .field("strategyKey", subject.strategy_key)
      .field("mode", subject.mode)
      .field("timeframe", subject.timeframe)
      .field("fillModel", recording.request.fill_model)
      .field("passed", report.count(DifferenceClass::kState) == 0 &&
                           report.count(DifferenceClass::kUnrecorded) == 0);
  json.key("markets").begin_object();
  for (const auto& [code, market] : recording.markets) {
    json.key(code)
        .begin_object()
        .field("from", iso(market.track.states.begin()->first))
        .field("to", iso(recording.end))
        .field("decisions", market.decisions.size())
        .end_object();
  }
  json.end_object()
      .field("decisions", report.decisions)
      .field("late", report.late)
      .field("unrecorded", report.unrecorded);
  json.key("counts").begin_object();
  for (const auto kind : {DifferenceClass::kData, DifferenceClass::kTiming, DifferenceClass::kFill,
                          DifferenceClass::kState, DifferenceClass::kUnrecorded}) {
    json.field(name_of(kind), report.count(kind));
  }
  json.end_object().key("differences").begin_array();
  for (const ParityDifference& difference : report.differences) put(json, difference);
  json.end_array().key("candles").begin_array();
  for (const CandleDifference& difference : report.candles) put(json, difference);
  return json.end_array().end_object().take();
}

}  // namespace everbit::parity

#include "api/decision_report.h"

#include "config/timeframe.h"
#include "trading/intent/decision_row.h"

namespace everbit::api {
namespace {

using store::Sql;

// The first decision at or after the moment, no later than the longest timeframe. One owner.
constexpr Sql kDecisions{R"sql(
  SELECT DISTINCT ON (d.strategy_key, d.timeframe)
         d.strategy_key, d.timeframe, d.candle_close_time, d.decided_at, d.state,
         coalesce(d.regime, ''), d.reason_codes, d.gates, d.checks, d.indicator_values::text,
         d.open_price, d.high_price, d.low_price, d.close_price, d.volume,
         s.side, s.strength, i.intent_type, i.status, i.reason_code
  FROM decision d
  LEFT JOIN signal s
    ON s.owner_id = d.owner_id AND s.strategy_key = d.strategy_key AND s.mode = d.mode
   AND s.market = d.market AND s.timeframe = d.timeframe
   AND s.candle_close_time = d.candle_close_time
  LEFT JOIN order_intent i ON i.signal_id = s.id
  WHERE d.market = $1 AND d.mode = $2 AND d.candle_close_time >= $3
    AND d.candle_close_time < $3 + interval '28 days' AND ($4::text IS NULL OR d.strategy_key = $4)
  ORDER BY d.strategy_key, d.timeframe, d.candle_close_time, s.id, i.id)sql"};

constexpr Sql kAbsence{R"sql(
  SELECT EXISTS (SELECT FROM market_config WHERE market = $1),
         EXISTS (SELECT FROM market_config WHERE market = $1 AND enabled),
         coalesce((SELECT instance_alive(instance) FROM trader_instance), false),
         (SELECT since FROM trader_instance),
         (SELECT max(candle_close_time) FROM decision
          WHERE market = $1 AND mode = $2 AND candle_close_time < $3),
         (SELECT min(candle_close_time) FROM decision
          WHERE market = $1 AND mode = $2 AND candle_close_time > $3),
         (SELECT cause FROM candle_gap
          WHERE market = $1 AND from_time < $3 AND to_time >= $3 ORDER BY from_time LIMIT 1))sql"};

std::vector<plugins::Gate> read_checks(std::string_view text) {
  std::vector<plugins::Gate> checks;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    if (auto gate = trading::parse_check(text.substr(0, space))) checks.push_back(std::move(*gate));
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return checks;
}

DecisionItem read_item(const store::Row& row) {
  DecisionItem item;
  item.strategy_key = row.get<std::string>(0);
  item.timeframe = row.get<std::string>(1);
  item.close = row.get<Timestamp>(2);
  item.decided_at = row.get<Timestamp>(3);
  item.state = row.get<std::string>(4);
  item.regime = row.get<std::string>(5);
  item.reason_codes = row.get<std::vector<std::string>>(6);
  item.refusals = row.get<std::vector<std::string>>(7);
  item.checks = read_checks(row.text(8));
  item.values_json = row.get<std::string>(9);
  item.open_price = row.get<Decimal>(10);
  item.high_price = row.get<Decimal>(11);
  item.low_price = row.get<Decimal>(12);
  item.close_price = row.get<Decimal>(13);
  item.volume = row.get<Decimal>(14);
  if (!row.is_null(15)) {
    item.order = DecisionItem::Order{row.get<std::string>(15), row.get<std::optional<Decimal>>(16),
                                     row.get<std::optional<std::string>>(17),
                                     row.get<std::optional<std::string>>(18),
                                     row.get<std::optional<std::string>>(19)};
  }
  return item;
}

void write_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& items) {
  json.key(key).begin_array();
  for (const std::string& item : items) json.value(item);
  json.end_array();
}

}  // namespace

std::string_view relation_text(std::int32_t relation) {
  constexpr std::string_view kTexts[] = {"<=", ">=", "<", ">"};
  return kTexts[relation >= EB_GATE_AT_MOST && relation <= EB_GATE_ABOVE ? relation : 0];
}

Result<std::vector<DecisionItem>> read_decisions(store::Pool& pool,
                                                 const DecisionQuestion& question,
                                                 Deadline deadline) {
  auto rows = pool.exec(deadline, kDecisions, question.market, question.mode, question.at,
                        question.strategy_key);
  if (!rows) return rows.error();
  std::vector<DecisionItem> items;
  for (const store::Row row : *rows) {
    DecisionItem item = read_item(row);
    item.market = question.market;
    item.mode = question.mode;
    // A later candle than the one that was running says nothing about this one.
    const auto timeframe = config::Timeframe::parse(item.timeframe);
    if (timeframe && item.close - question.at < timeframe->length()) {
      items.push_back(std::move(item));
    }
  }
  return items;
}

Result<DecisionAbsence> read_absence(store::Pool& pool, const DecisionQuestion& question,
                                     Deadline deadline) {
  auto rows = pool.exec(deadline, kAbsence, question.market, question.mode, question.at);
  if (!rows) return rows.error();
  const store::Row row = rows->front();
  return DecisionAbsence{row.get<bool>(0),
                         row.get<bool>(1),
                         row.get<bool>(2),
                         row.get<std::optional<Timestamp>>(3),
                         row.get<std::optional<Timestamp>>(4),
                         row.get<std::optional<Timestamp>>(5),
                         row.get<std::optional<std::string>>(6)};
}

void write_json(JsonWriter& json, const DecisionItem& item) {
  json.begin_object()
      .field("market", item.market)
      .field("strategyKey", item.strategy_key)
      .field("timeframe", item.timeframe)
      .field("mode", item.mode)
      .field("closeTime", item.close.to_iso())
      .field("decidedAt", item.decided_at)
      .field("state", item.state)
      .field("regime", item.regime);
  write_list(json, "reasonCodes", item.reason_codes);
  write_list(json, "gates", item.refusals);
  json.key("checks").begin_array();
  for (const plugins::Gate& gate : item.checks) {
    json.begin_object()
        .field("name", gate.name)
        .field("value", gate.value)
        .field("relation", relation_text(gate.relation))
        .field("threshold", gate.threshold)
        .field("passed", gate.passed)
        .end_object();
  }
  json.end_array().key("values").raw(item.values_json);
  json.key("candle").begin_object();
  json.field("open", item.open_price)
      .field("high", item.high_price)
      .field("low", item.low_price)
      .field("close", item.close_price)
      .field("volume", item.volume)
      .end_object();
  json.key("signal");
  if (!item.order) {
    json.null();
  } else {
    json.begin_object()
        .field("side", item.order->side)
        .field("strength", item.order->strength)
        .field("intentType", item.order->intent_type)
        .field("status", item.order->status)
        .field("reasonCode", item.order->reason_code)
        .end_object();
  }
  json.end_object();
}

void write_json(JsonWriter& json, const DecisionAbsence& absence) {
  json.begin_object()
      .field("marketKnown", absence.market_known)
      .field("marketEnabled", absence.market_enabled)
      .field("traderAlive", absence.trader_alive)
      .field("traderSince", absence.trader_since)
      .field("before", absence.before)
      .field("after", absence.after)
      .field("gapCause", absence.gap_cause)
      .end_object();
}

}  // namespace everbit::api

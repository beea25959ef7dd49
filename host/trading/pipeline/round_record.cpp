#include "trading/pipeline/round_record.h"

#include "base/json_writer.h"
#include "trading/strategy/recorded_position.h"

namespace everbit::trading {
namespace {

// A close that is evaluated again, because it could not be stored the first time, counts as it was
// evaluated last.
constexpr store::Sql kRecord{R"sql(
  INSERT INTO decision_input (owner_id, strategy_key, mode, market, timeframe, candle_close_time,
                              generation, sha256, config_version, position, traded_value_24h, ranked,
                              free_cash)
  SELECT r.owner, r."strategyKey", r.mode, r.market, r.timeframe, r.close, r.generation, r.sha256,
         r."configVersion", r.position, r."tradedValue24h", CASE WHEN r.ranked THEN $2::text[] ELSE '{}' END,
         coalesce((SELECT balance FROM account_balance b
                   WHERE b.owner_id = r.owner AND b.mode = r.mode
                     AND b.currency = split_part(r.market, '-', 1)), 0)
         - coalesce((SELECT sum(requested_krw) FROM order_intent i
                     WHERE i.owner_id = r.owner AND i.mode = r.mode AND i.status = 'CREATED'
                       AND i.side = 'BUY'), 0)
  FROM json_to_recordset($1::json) AS r(
    owner bigint, "strategyKey" text, mode text, market text, timeframe text, close timestamptz,
    generation bigint, sha256 text, "configVersion" bigint, position json, "tradedValue24h" numeric,
    ranked boolean)
  ON CONFLICT (owner_id, strategy_key, mode, market, timeframe, candle_close_time) DO UPDATE
  SET generation = excluded.generation, sha256 = excluded.sha256,
      config_version = excluded.config_version, position = excluded.position,
      traded_value_24h = excluded.traded_value_24h, ranked = excluded.ranked,
      free_cash = excluded.free_cash)sql"};

void write(JsonWriter& json, const RoundInput& input) {
  json.begin_object()
      .field("owner", input.key.owner.value())
      .field("strategyKey", input.key.strategy_key)
      .field("mode", to_string(input.key.mode))
      .field("market", input.key.market)
      .field("timeframe", input.key.timeframe)
      .field("close", input.close.to_iso())
      .field("generation", input.active.generation)
      .field("sha256", input.active.sha256)
      .field("configVersion", input.active.config_version);
  json.key("position").raw(position_to_json(input.position));
  json.field("tradedValue24h", input.traded_value_24h)
      .field("ranked", input.is_ranked)
      .end_object();
}

}  // namespace

Result<void> record_round(store::Pool& pool, const std::vector<RoundInput>& inputs,
                          Deadline deadline) {
  if (inputs.empty()) return {};
  std::vector<std::string> ranked;
  JsonWriter json;
  json.begin_array();
  for (const RoundInput& input : inputs) {
    write(json, input);
    if (input.is_ranked) ranked.push_back(input.key.market);
  }
  json.end_array();
  auto kept = pool.exec(deadline, kRecord, json.take(), ranked);
  if (!kept) return kept.error();
  return {};
}

}  // namespace everbit::trading

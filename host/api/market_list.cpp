#include "api/market_list.h"

#include <simdjson.h>

#include "api/json_reading.h"

namespace everbit::api {
namespace {

using simdjson::dom::element;
using store::Row;
using store::Sql;
using OptionalText = std::optional<std::string>;
using OptionalTime = std::optional<Timestamp>;

// The newest decision is that of the candle up to which the strategy's state goes.
constexpr Sql kMarkets{R"(
  SELECT c.market, c.enabled, c.priority, coalesce(p.status, 'FLAT'), s.trade_status,
         s.suspend_reason_code, s.last_signal_at, s.cooldown_until, w.regime, w.state,
         coalesce(p.quantity, 0), coalesce(p.avg_price, 0), coalesce(p.dust_quantity, 0),
         b.balance + b.locked, m.since
  FROM market_config c
  JOIN market_state s USING (owner_id, market)
  LEFT JOIN position p ON p.owner_id = c.owner_id AND p.market = c.market AND p.mode = $1
  LEFT JOIN account_balance b ON b.owner_id = c.owner_id AND b.mode = $1
                             AND b.currency = split_part(c.market, '-', 2)
  LEFT JOIN position_mismatch m ON m.owner_id = c.owner_id AND m.market = c.market AND m.mode = $1
  LEFT JOIN LATERAL (
    SELECT d.regime, d.state
    FROM strategy_state t JOIN decision d USING (owner_id, strategy_key, mode, market, timeframe)
    WHERE t.owner_id = c.owner_id AND t.market = c.market AND t.mode = $1
      AND d.candle_close_time = t.as_of
    ORDER BY t.as_of DESC LIMIT 1) w ON true
  WHERE $2 = '' OR c.market = $2
  ORDER BY c.market)"};

MarketItem read_item(const Row& row, std::string_view mode) {
  MarketItem item;
  item.market = row.get<std::string>(0);
  item.enabled = row.get<bool>(1);
  item.priority = row.get<int>(2);
  item.position_status = row.get<std::string>(3);
  item.trade_status = row.get<std::string>(4);
  item.suspend_reason_code = row.get<OptionalText>(5);
  item.last_signal_at = row.get<OptionalTime>(6);
  item.cooldown_until = row.get<OptionalTime>(7);
  item.regime = row.get<OptionalText>(8);
  item.state = row.get<OptionalText>(9);
  item.quantity = row.get<Decimal>(10);
  item.avg_price = row.get<Decimal>(11);
  item.mode = mode;
  item.dust = row.get<Decimal>(12);
  item.at_exchange = row.get<std::optional<Decimal>>(13);
  item.mismatch_since = row.get<OptionalTime>(14);
  return item;
}

// Throws what simdjson throws for a value of another type.
MarketItem parse_item(const element& json) {
  MarketItem item;
  item.market = required<std::string>(json["market"]);
  item.enabled = json["enabled"].get_bool().value();
  item.priority = static_cast<int>(json["priority"].get_int64().value());
  item.position_status = required<std::string>(json["positionStatus"]);
  item.trade_status = required<std::string>(json["tradeStatus"]);
  item.suspend_reason_code = optional<std::string>(json["suspendReasonCode"]);
  item.last_signal_at = optional<Timestamp>(json["lastSignalAt"]);
  item.cooldown_until = optional<Timestamp>(json["cooldownUntil"]);
  item.regime = optional<std::string>(json["regime"]);
  item.state = optional<std::string>(json["state"]);
  item.quantity = required<Decimal>(json["quantity"]);
  item.avg_price = required<Decimal>(json["avgPrice"]);
  item.last_price = optional<Decimal>(json["lastPrice"]);
  item.unrealized = optional<Decimal>(json["unrealizedPnlKrw"]);
  item.mode = required<std::string>(json["mode"]);
  item.dust = required<Decimal>(json["dust"]);
  item.at_exchange = optional<Decimal>(json["atExchange"]);
  item.mismatch_since = optional<Timestamp>(json["mismatchSince"]);
  return item;
}

}  // namespace

bool is_market(std::string_view text) {
  return text.starts_with("KRW-") && text.size() > 4 && text.size() <= 19 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 4) ==
             std::string_view::npos;
}

Result<std::vector<MarketItem>> read_markets(store::Pool& pool, std::string_view mode,
                                             std::string_view market, Deadline deadline) {
  const auto rows = pool.exec(deadline, kMarkets, mode, market);
  if (!rows) return rows.error();
  std::vector<MarketItem> markets;
  for (const Row row : *rows) markets.push_back(read_item(row, mode));
  return markets;
}

void add_prices(std::vector<MarketItem>& markets, const PriceOf& price_of) {
  for (MarketItem& item : markets) {
    item.last_price = price_of(item.market);
    if (item.last_price) {
      item.unrealized = mul(item.quantity, *item.last_price - item.avg_price, Rounding::kDown);
    }
  }
}

void write_json(JsonWriter& json, const MarketItem& item) {
  json.begin_object()
      .field("market", item.market)
      .field("enabled", item.enabled)
      .field("priority", item.priority)
      .field("positionStatus", item.position_status)
      .field("tradeStatus", item.trade_status)
      .field("suspendReasonCode", item.suspend_reason_code)
      .field("lastSignalAt", item.last_signal_at)
      .field("cooldownUntil", item.cooldown_until)
      .field("regime", item.regime)
      .field("state", item.state)
      .field("quantity", item.quantity)
      .field("avgPrice", item.avg_price)
      .field("lastPrice", item.last_price)
      .field("unrealizedPnlKrw", item.unrealized)
      .field("mode", item.mode)
      .field("dust", item.dust)
      .field("atExchange", item.at_exchange)
      .field("mismatchSince", item.mismatch_since)
      .end_object();
}

void write_json(JsonWriter& json, const std::vector<MarketItem>& markets) {
  json.begin_array();
  for (const MarketItem& item : markets) write_json(json, item);
  json.end_array();
}

std::optional<std::vector<MarketItem>> parse_markets(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    std::vector<MarketItem> markets;
    const element whole = parser.parse(simdjson::padded_string(json));
    if (whole.is_object()) return std::vector{parse_item(whole)};
    for (const element item : whole.get_array()) markets.push_back(parse_item(item));
    return markets;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace everbit::api

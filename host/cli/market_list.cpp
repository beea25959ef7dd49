#include "cli/market_list.h"

#include <ostream>

#include "cli/text.h"

namespace everbit::cli {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kMarkets{R"(
  SELECT c.market, c.enabled, s.trade_status, s.suspend_reason_code, coalesce(p.status, 'FLAT'),
         coalesce(p.quantity, 0), coalesce(p.avg_price, 0), coalesce(p.dust_quantity, 0),
         b.balance + b.locked, m.since
  FROM market_config c
  JOIN market_state s USING (owner_id, market)
  LEFT JOIN position p ON p.owner_id = c.owner_id AND p.market = c.market AND p.mode = $1
  LEFT JOIN account_balance b ON b.owner_id = c.owner_id AND b.mode = $1
                             AND b.currency = split_part(c.market, '-', 2)
  LEFT JOIN position_mismatch m ON m.owner_id = c.owner_id AND m.market = c.market AND m.mode = $1
  WHERE $2 = '' OR c.market = $2
  ORDER BY c.market)"};

std::string text_of(const std::optional<Decimal>& value) {
  return value ? value->to_string() : "-";
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
  for (const Row row : *rows) {
    markets.push_back({row.get<std::string>(0), row.get<bool>(1), row.get<std::string>(2),
                       row.get<std::optional<std::string>>(3), row.get<std::string>(4),
                       row.get<Decimal>(5), row.get<Decimal>(6), row.get<Decimal>(7),
                       row.get<std::optional<Decimal>>(8), row.get<std::optional<Timestamp>>(9)});
  }
  return markets;
}

void write_json(JsonWriter& json, const std::vector<MarketItem>& markets) {
  json.begin_array();
  for (const MarketItem& item : markets) {
    json.begin_object()
        .field("market", item.market)
        .field("enabled", item.enabled)
        .field("tradeStatus", item.trade_status)
        .field("suspendReasonCode", item.suspend_reason_code)
        .field("positionStatus", item.position_status)
        .field("quantity", item.quantity)
        .field("avgPrice", item.avg_price)
        .field("dust", item.dust)
        .field("atExchange", item.at_exchange)
        .field("mismatchSince", item.mismatch_since)
        .end_object();
  }
  json.end_array();
}

void print_markets(std::ostream& out, const std::vector<MarketItem>& markets) {
  std::vector<std::vector<std::string>> rows;
  for (const MarketItem& item : markets) {
    rows.push_back({item.market, item.enabled ? "사용 on" : "꺼짐 off", item.trade_status,
                    item.suspend_reason_code.value_or("-"), item.position_status});
  }
  print_table(out, {"마켓 market", "사용 enabled", "거래 trade", "사유 reason", "포지션 position"},
              rows);
}

void print_positions(std::ostream& out, const std::vector<MarketItem>& markets) {
  std::vector<std::vector<std::string>> rows;
  for (const MarketItem& item : markets) {
    rows.push_back({item.market, item.position_status, item.quantity.to_string(),
                    item.avg_price.to_string(), item.dust.to_string(), text_of(item.at_exchange),
                    item.mismatch_since ? item.mismatch_since->to_iso_kst() : "-"});
  }
  print_table(out,
              {"마켓 market", "상태 status", "수량 quantity", "평균가 average", "잔량 dust",
               "업비트 at Upbit", "불일치 mismatch since"},
              rows);
}

}  // namespace everbit::cli

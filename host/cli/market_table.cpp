#include "cli/market_table.h"

#include <ostream>

#include "cli/text.h"

namespace everbit::cli {
namespace {

std::string text_of(const std::optional<Decimal>& value) {
  return value ? value->to_string() : "-";
}

std::string text_of(const std::optional<Timestamp>& time) {
  return time ? time->to_iso_kst() : "-";
}

}  // namespace

void print_markets(std::ostream& out, const std::vector<api::MarketItem>& markets) {
  std::vector<std::vector<std::string>> rows;
  for (const api::MarketItem& item : markets) {
    rows.push_back({item.market, item.enabled ? "사용 on" : "꺼짐 off", item.trade_status,
                    item.suspend_reason_code.value_or("-"), item.position_status,
                    text_of(item.cooldown_until)});
  }
  print_table(out,
              {"마켓 market", "사용 enabled", "거래 trade", "사유 reason", "포지션 position",
               "휴식 cooldown until"},
              rows);
}

void print_positions(std::ostream& out, const std::vector<api::MarketItem>& markets) {
  std::vector<std::vector<std::string>> rows;
  for (const api::MarketItem& item : markets) {
    rows.push_back({item.market, item.position_status, item.quantity.to_string(),
                    item.avg_price.to_string(), item.dust.to_string(), text_of(item.at_exchange),
                    text_of(item.mismatch_since)});
  }
  print_table(out,
              {"마켓 market", "상태 status", "수량 quantity", "평균가 average", "잔량 dust",
               "업비트 at Upbit", "불일치 mismatch since"},
              rows);
}

}  // namespace everbit::cli

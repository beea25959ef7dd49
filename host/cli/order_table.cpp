#include "cli/order_table.h"

#include <ostream>

#include "cli/text.h"

namespace everbit::cli {
namespace {

using api::OrderItem;

std::string amount_of(const OrderItem& item) {
  if (item.requested_krw) return item.requested_krw->to_string() + " KRW";
  return item.requested_volume ? item.requested_volume->to_string() : "-";
}

}  // namespace

void print(std::ostream& out, const std::vector<OrderItem>& orders) {
  std::vector<std::vector<std::string>> rows;
  for (const OrderItem& item : orders) {
    const std::string uuid = item.attempt.upbit_uuid ? item.attempt.upbit_uuid->to_string() : "";
    rows.push_back({item.created_at.to_iso_kst(), item.market,
                    item.manual ? "EXIT_MANUAL" : item.intent_type, amount_of(item), item.status,
                    std::to_string(item.attempt.number) + " " + item.attempt.status,
                    item.attempt.error_code.value_or(uuid)});
  }
  if (rows.empty()) {
    out << "  주문 없음 · no orders\n";
    return;
  }
  print_table(out,
              {"시각 Time", "마켓 Market", "종류 Type", "수량 Amount", "상태 Status",
               "시도 Attempt", "업비트 UUID · 오류 error"},
              rows);
}

}  // namespace everbit::cli

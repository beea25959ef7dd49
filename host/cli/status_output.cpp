#include "cli/status_output.h"

#include <ostream>

#include "cli/kill_switch_view.h"
#include "cli/order_table.h"
#include "cli/text.h"

namespace everbit::cli {
namespace {

using api::StatusReport;

void print_markets(std::ostream& out, const StatusReport& report) {
  print_field(out, "보유 Open positions", std::to_string(report.positions.size()));
  for (const auto& position : report.positions) {
    print_field(out, "  " + position.market,
                position.quantity.to_string() + " @ " + position.avg_price.to_string());
  }
  for (const auto& suspended : report.suspended) {
    print_field(out, "중단 Suspended " + suspended.market, suspended.reason_code);
  }
}

std::string describe(const std::optional<StatusReport::Trader>& trader) {
  if (!trader) return "실행된 적 없음 · has never run";
  return (trader->alive ? "실행 중 · alive  " : "정지 · not running  ") +
         trader->since.to_iso_kst() + "  " + trader->instance.to_string();
}

std::string describe(const StatusReport::Outbox& outbox) {
  std::string text = std::to_string(outbox.pending) + " 대기 pending";
  if (outbox.pending > 0) text += " (" + std::to_string(outbox.oldest_seconds) + " s)";
  return text + ", " + std::to_string(outbox.dead) + " 실패 dead";
}

}  // namespace

void print(std::ostream& out, const StatusReport& report) {
  print(out, report.kill_switch);
  print_field(out, "트레이더 Trader", describe(report.trader));
  print_markets(out, report);
  std::string attempts;
  for (const auto& [status, count] : report.attempts) {
    if (count > 0) attempts += status + " " + std::to_string(count) + "  ";
  }
  print_field(out, "주문 시도 Attempts", attempts.empty() ? "0" : attempts);
  print_field(out, "이벤트 Outbox", describe(report.outbox));
  out << "\n최근 주문 · Newest orders\n";
  print(out, report.orders);
}

}  // namespace everbit::cli

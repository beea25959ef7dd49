#include "cli/kill_switch_view.h"

#include <ostream>

#include "cli/text.h"

namespace everbit::cli {

void print(std::ostream& out, const trading::SwitchView& view) {
  std::string position(to_string(view.position));
  if (view.flatten_active) position += " (전량 청산 중 · flatten)";
  if (view.reason_code) position += "  " + *view.reason_code;
  if (!view.stored) position += "  (데이터베이스에 아직 없음 · not in the database yet)";
  print_field(out, "거래 스위치 Kill switch", position);
  std::string enabled;
  for (const auto& strategy : view.strategies) {
    if (strategy.enabled) enabled += (enabled.empty() ? "" : " ") + strategy.key;
  }
  print_field(out, "켜진 전략 Enabled strategies", enabled.empty() ? "-" : enabled);
  if (view.changed_by) {
    print_field(out, "바꾼 이 Changed by", *view.changed_by + "  " + view.changed_at.to_iso_kst());
  }
  if (view.blocked_until) {
    print_field(out, "업비트 차단 Blocked until (418)", view.blocked_until->to_iso_kst());
  }
}

}  // namespace everbit::cli

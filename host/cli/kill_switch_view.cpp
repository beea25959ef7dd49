#include "cli/kill_switch_view.h"

#include <ostream>

#include "cli/text.h"

namespace everbit::cli {
namespace {

using store::Sql;

// Without its row the switch counts as OFF, which is what an empty view says.
constexpr Sql kRead{R"(
  SELECT account_position, reason_code, flatten_active,
         ARRAY(SELECT jsonb_array_elements_text(enabled_strategies) ORDER BY 1),
         changed_by, changed_at
  FROM kill_switch)"};

constexpr Sql kReadBlock{
    "SELECT max(blocked_until) FROM exchange_block WHERE blocked_until > now()"};

}  // namespace

Result<KillSwitchView> read_kill_switch(store::Pool& pool, Deadline deadline) {
  KillSwitchView view;
  const auto rows = pool.exec(deadline, kRead);
  if (!rows) return rows.error();
  for (const store::Row row : *rows) {
    view.row = {store::account_position_from(row.text(0)), row.get<std::optional<std::string>>(1),
                row.get<bool>(2), row.get<std::vector<std::string>>(3)};
    view.changed_by = row.get<std::optional<std::string>>(4);
    view.changed_at = row.get<Timestamp>(5);
  }
  const auto block = pool.exec(deadline, kReadBlock);
  if (!block) return block.error();
  view.blocked_until = block->front().get<std::optional<Timestamp>>(0);
  return view;
}

void write_json(JsonWriter& json, const KillSwitchView& view) {
  json.begin_object()
      .field("position", to_string(view.row.account))
      .field("accountEnabled", view.row.account == store::AccountPosition::kOn)
      .key("strategies")
      .begin_array();
  for (const std::string& key : view.row.enabled_strategies) {
    json.begin_object().field("strategyKey", key).field("enabled", true).end_object();
  }
  json.end_array()
      .field("reasonCode", view.row.reason_code)
      .field("changedAt", view.changed_at)
      .field("changedBy", view.changed_by)
      .field("flattenActive", view.row.flatten_active)
      .field("stored", true)
      .field("blockedUntil", view.blocked_until)
      .end_object();
}

void print(std::ostream& out, const KillSwitchView& view) {
  std::string position(to_string(view.row.account));
  if (view.row.flatten_active) position += " (전량 청산 중 · flatten)";
  if (view.row.reason_code) position += "  " + *view.row.reason_code;
  print_field(out, "거래 스위치 Kill switch", position);
  std::string enabled;
  for (const auto& key : view.row.enabled_strategies) enabled += (enabled.empty() ? "" : " ") + key;
  print_field(out, "켜진 전략 Enabled strategies", enabled.empty() ? "-" : enabled);
  if (view.changed_by) {
    print_field(out, "바꾼 이 Changed by", *view.changed_by + "  " + view.changed_at.to_iso_kst());
  }
  if (view.blocked_until) {
    print_field(out, "업비트 차단 Blocked until (418)", view.blocked_until->to_iso_kst());
  }
}

}  // namespace everbit::cli

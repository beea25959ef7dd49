#include "trading/control/automatic_switch.h"

#include "base/json_writer.h"
#include "base/log.h"

namespace everbit::trading {
namespace {

using store::Sql;

// From ON over EXITS_ONLY to OFF, never the other way. A flatten is EXITS_ONLY.
constexpr Sql kTighten{R"sql(
  WITH before AS (SELECT owner_id, account_position FROM kill_switch WHERE owner_id = $1)
  UPDATE kill_switch k
  SET account_position = $2, flatten_active = k.flatten_active AND $2 = 'EXITS_ONLY',
      reason_code = $3, changed_by = 'everbitd', changed_at = now()
  FROM before
  WHERE k.owner_id = before.owner_id
    AND array_position(ARRAY['ON', 'EXITS_ONLY', 'OFF'], k.account_position)
        < array_position(ARRAY['ON', 'EXITS_ONLY', 'OFF'], $2)
  RETURNING before.account_position)sql"};

constexpr Sql kAudit{R"sql(
  INSERT INTO audit_log (owner_id, actor, action, target, before_json, after_json)
  VALUES ($1, 'everbitd', 'kill_switch', 'account', $2, $3))sql"};

std::string position_json(std::string_view position, const std::string& reason_code) {
  JsonWriter json;
  json.begin_object().field("position", position);
  if (!reason_code.empty()) json.field("reasonCode", reason_code);
  return json.end_object().take();
}

}  // namespace

Result<bool> tighten_account_switch(store::Transaction& tx, Outbox& outbox,
                                    const AutomaticSwitch& change) {
  auto moved = tx.exec(kTighten, change.owner, to_string(change.to), change.reason_code);
  if (!moved) return moved.error();
  if (moved->empty()) return false;
  const std::string after = position_json(to_string(change.to), change.reason_code);
  auto audited = tx.exec(kAudit, change.owner, position_json(moved->front().text(0), ""), after);
  if (!audited) return audited.error();
  log_critical("account_switch_moved", {{"position", to_string(change.to)},
                                        {"reason", change.reason_code},
                                        {"trace_id", change.trace_id}});
  auto told = outbox.add(tx, {kSystemEvents, "KillSwitchChanged", "owner", change.owner.value(), "",
                              "", change.trace_id, after, std::nullopt});
  if (!told) return told.error();
  return true;
}

}  // namespace everbit::trading

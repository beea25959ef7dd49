#include "trading/control/switch_rows.h"

#include <algorithm>

#include "base/json_writer.h"

namespace everbit::trading {
namespace {

using store::KillSwitch;
using store::Sql;
using store::TradingTransaction;

constexpr Sql kRead{R"sql(
  SELECT coalesce((SELECT version FROM control_version WHERE name = 'kill_switch'), 0),
         coalesce(k.account_position, 'OFF'), k.reason_code, coalesce(k.flatten_active, false),
         ARRAY(SELECT jsonb_array_elements_text(coalesce(k.enabled_strategies, '[]')) ORDER BY 1),
         coalesce(k.changed_at, 'epoch'), k.changed_by,
         ARRAY(SELECT strategy_key FROM strategy_activation WHERE owner_id = u.id ORDER BY 1),
         (SELECT max(blocked_until) FROM exchange_block
          WHERE owner_id = u.id AND side = 'exchange' AND blocked_until > now())
  FROM app_user u LEFT JOIN kill_switch k ON k.owner_id = u.id WHERE u.id = $1)sql"};

// Its own clock, not the transaction's: of two changes the later one has the later time.
constexpr Sql kWrite{R"sql(
  INSERT INTO kill_switch AS k (owner_id, account_position, flatten_active, reason_code,
                                enabled_strategies, changed_by, changed_at)
  VALUES ($1, $2, $3, $4, to_jsonb($5::text[]), $6, clock_timestamp())
  ON CONFLICT (owner_id) DO UPDATE
  SET account_position = excluded.account_position, flatten_active = excluded.flatten_active,
      reason_code = excluded.reason_code, enabled_strategies = excluded.enabled_strategies,
      changed_by = excluded.changed_by, changed_at = excluded.changed_at)sql"};

constexpr Sql kAudit{R"sql(
  INSERT INTO audit_log (owner_id, actor, actor_uid, action, target, before_json, after_json)
  VALUES ($1, $2, $3, 'kill_switch', $4, $5, $6))sql"};

std::string json_of(std::string_view name, std::string_view value, std::string_view reason_code) {
  JsonWriter json;
  json.begin_object().field(name, value);
  if (!reason_code.empty()) json.field("reasonCode", reason_code);
  return json.end_object().take();
}

struct Change {
  std::string target;
  std::string_view name;
  std::string_view before;
  std::string_view after;
};

Result<void> audit(TradingTransaction& tx, const Actor& actor, const Change& change,
                   const std::string& reason_code) {
  auto done = tx.exec(kAudit, tx.owner(), actor.name, actor.uid, change.target,
                      json_of(change.name, change.before, ""),
                      json_of(change.name, change.after, reason_code));
  if (!done) return done.error();
  return {};
}

std::string_view on_off(bool on) { return on ? "ON" : "OFF"; }

std::vector<SwitchChange::Strategy> moved_strategies(const KillSwitch& row,
                                                     const SwitchTarget& target) {
  std::vector<SwitchChange::Strategy> moved;
  for (const std::string& key : row.enabled_strategies) {
    if (std::ranges::find(target.enabled_strategies, key) == target.enabled_strategies.end()) {
      moved.push_back({key, false});
    }
  }
  for (const std::string& key : target.enabled_strategies) {
    if (!row.strategy_enabled(key)) moved.push_back({key, true});
  }
  return moved;
}

Result<void> audit_all(TradingTransaction& tx, const SwitchMoved& moved, const Actor& actor) {
  const KillSwitch& row = tx.kill_switch();
  std::vector<Change> changes;
  if (moved.account) {
    changes.push_back({"account", "position", to_string(row.account), to_string(moved.position)});
  }
  if (moved.flatten) {
    changes.push_back(
        {"flatten", "flatten", on_off(row.flatten_active), on_off(!row.flatten_active)});
  }
  for (const SwitchChange::Strategy& strategy : moved.strategies) {
    changes.push_back(
        {strategy.key, "strategy", on_off(!strategy.enabled), on_off(strategy.enabled)});
  }
  for (const Change& change : changes) {
    if (auto done = audit(tx, actor, change, moved.reason_code); !done) return done;
  }
  return {};
}

}  // namespace

Result<SwitchReading> read_switch(store::Pool& pool, store::OwnerId owner, Deadline deadline) {
  auto rows = pool.exec(deadline, kRead, owner);
  if (!rows) return rows.error();
  if (rows->empty()) return SwitchReading{};
  const store::Row row = rows->front();
  SwitchReading reading;
  reading.version = row.get<std::int64_t>(0);
  reading.row = {account_position_from(row.text(1)), row.get<std::optional<std::string>>(2),
                 row.get<bool>(3), row.get<std::vector<std::string>>(4)};
  reading.changed_at = row.get<Timestamp>(5);
  reading.changed_by = row.get<std::optional<std::string>>(6);
  reading.known_strategies = row.get<std::vector<std::string>>(7);
  reading.blocked_until = row.get<std::optional<Timestamp>>(8);
  return reading;
}

Result<SwitchMoved> write_switch(TradingTransaction& tx, const SwitchTarget& target,
                                 const Actor& actor, const std::string& reason_code) {
  const KillSwitch& row = tx.kill_switch();
  SwitchMoved moved;
  moved.position = target.account;
  moved.account = target.account != row.account;
  moved.strategies = moved_strategies(row, target);
  moved.flatten = target.flatten_active != row.flatten_active;
  moved.changed_by = actor.name;
  moved.reason_code = moved.account ? reason_code : row.reason_code.value_or("");
  if (moved.is_nothing()) return moved;
  std::optional<std::string> reason;
  if (!moved.reason_code.empty()) reason = moved.reason_code;
  auto written = tx.exec(kWrite, tx.owner(), to_string(target.account), target.flatten_active,
                         reason, target.enabled_strategies, actor.name);
  if (!written) return written.error();
  if (auto audited = audit_all(tx, moved, actor); !audited) return audited.error();
  return moved;
}

}  // namespace everbit::trading

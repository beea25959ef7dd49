#include "switchboard.h"

#include "base/json_writer.h"
#include "base/trace_id.h"

namespace everbit {

Switchboard::Switchboard(Parts parts)
    : owner_(parts.owner),
      outbox_(parts.bus, parts.clock, parts.owner_public_id),
      flag_(parts.clock),
      kill_switch_({parts.pool, parts.owner, flag_, trading::StateFolder(parts.settings.data.dir),
                    parts.clock, parts.settings.strategy.key,
                    [this](store::Transaction& tx, const trading::SwitchMoved& moved) {
                      return announce(tx, moved);
                    }}),
      watcher_(kill_switch_, trading::StateFolder(parts.settings.data.dir)) {}

Result<void> Switchboard::announce(store::Transaction& tx, const trading::SwitchMoved& moved) {
  JsonWriter payload;
  payload.begin_object()
      .field("position", to_string(moved.position))
      .field("reasonCode", moved.reason_code)
      .field("changedBy", moved.changed_by)
      .key("strategies")
      .begin_array();
  for (const auto& strategy : moved.strategies) {
    payload.begin_object()
        .field("strategyKey", strategy.key)
        .field("enabled", strategy.enabled)
        .end_object();
  }
  payload.end_array().end_object();
  return outbox_.add(tx, {trading::kSystemEvents, "KillSwitchChanged", "owner", owner_.value(), "",
                          "", TraceId::make().hex(), payload.take(), std::nullopt});
}

}  // namespace everbit

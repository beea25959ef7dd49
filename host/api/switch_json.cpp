#include "api/switch_json.h"

#include <simdjson.h>

#include "api/json_reading.h"

namespace everbit::api {
namespace {

using simdjson::dom::element;

// Throws what simdjson throws for a value of another type.
trading::SwitchView read(const element& json) {
  trading::SwitchView view;
  view.position = account_position_from(json["position"].get_string().value());
  for (const element strategy : json["strategies"].get_array()) {
    view.strategies.push_back({std::string(strategy["strategyKey"].get_string().value()),
                               strategy["enabled"].get_bool().value()});
  }
  view.reason_code = optional<std::string>(json["reasonCode"]);
  view.changed_at = optional<Timestamp>(json["changedAt"]).value_or(Timestamp());
  view.changed_by = optional<std::string>(json["changedBy"]);
  view.flatten_active = json["flattenActive"].get_bool().value();
  view.stored = json["stored"].get_bool().value();
  view.blocked_until = optional<Timestamp>(json["blockedUntil"]);
  return view;
}

}  // namespace

void write_json(JsonWriter& json, const trading::SwitchView& view) {
  json.begin_object()
      .field("position", to_string(view.position))
      .field("accountEnabled", view.position == AccountPosition::kOn)
      .key("strategies")
      .begin_array();
  for (const auto& strategy : view.strategies) {
    json.begin_object()
        .field("strategyKey", strategy.key)
        .field("enabled", strategy.enabled)
        .end_object();
  }
  json.end_array()
      .field("reasonCode", view.reason_code)
      .field("changedAt", view.changed_at)
      .field("changedBy", view.changed_by)
      .field("flattenActive", view.flatten_active)
      .field("stored", view.stored)
      .field("blockedUntil", view.blocked_until)
      .end_object();
}

std::string to_json(const trading::SwitchChange& change) {
  JsonWriter json;
  json.begin_object();
  if (change.account) json.field("position", to_string(*change.account));
  if (change.strategy) {
    json.field("strategyKey", change.strategy->key).field("enabled", change.strategy->enabled);
  }
  json.end_object();
  return json.take();
}

std::optional<trading::SwitchView> parse_switch(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    return read(parser.parse(simdjson::padded_string(json)));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace everbit::api

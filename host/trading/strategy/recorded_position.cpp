#include "trading/strategy/recorded_position.h"

#include <simdjson.h>

#include "base/json_writer.h"

namespace everbit::trading {
namespace {

using plugins::Plan;
using plugins::PositionView;
using simdjson::dom::element;

void write_plan(JsonWriter& json, const Plan& plan) {
  json.begin_object()
      .field("flags", plan.flags)
      .field("stop", plan.stop)
      .field("stopDistance", plan.stop_distance)
      .field("trailTop", plan.trail_top)
      .field("own", plan.own)
      .end_object();
}

// These throw what simdjson and Result throw for a member that is not as it was written.
std::int64_t number(const element& json, const char* key) { return std::int64_t(json[key]); }

Decimal decimal(const element& json, const char* key) {
  return Decimal::parse(std::string_view(json[key]), DecimalParse::kExact).value();
}

Plan read_plan(const element& json) {
  Plan plan;
  plan.flags = static_cast<std::uint32_t>(number(json, "flags"));
  plan.stop = decimal(json, "stop");
  plan.stop_distance = decimal(json, "stopDistance");
  plan.trail_top = decimal(json, "trailTop");
  plan.own = std::string_view(json["own"]);
  return plan;
}

PositionView read_position(const element& json) {
  const auto small = [&](const char* key) { return static_cast<std::int32_t>(number(json, key)); };
  PositionView view;
  view.state = small("state");
  view.last_intent = small("lastIntent");
  view.last_outcome = small("lastOutcome");
  view.last_exit = small("lastExit");
  view.pending_intent = small("pendingIntent");
  view.last_signal_close = number(json, "lastSignalClose");
  view.last_exit_close = number(json, "lastExitClose");
  view.entry_close = number(json, "entryClose");
  view.quantity = decimal(json, "quantity");
  view.average_price = decimal(json, "averagePrice");
  view.dust = decimal(json, "dust");
  if (const element plan = json["plan"]; !plan.is_null()) view.plan = read_plan(plan);
  return view;
}

}  // namespace

std::string position_to_json(const PositionView& view) {
  JsonWriter json;
  json.begin_object()
      .field("state", view.state)
      .field("lastIntent", view.last_intent)
      .field("lastOutcome", view.last_outcome)
      .field("lastExit", view.last_exit)
      .field("pendingIntent", view.pending_intent)
      .field("lastSignalClose", view.last_signal_close)
      .field("lastExitClose", view.last_exit_close)
      .field("entryClose", view.entry_close)
      .field("quantity", view.quantity)
      .field("averagePrice", view.average_price)
      .field("dust", view.dust)
      .key("plan");
  if (view.plan) {
    write_plan(json, *view.plan);
  } else {
    json.null();
  }
  return json.end_object().take();
}

Result<PositionView> position_from_json(std::string_view text) {
  simdjson::dom::parser parser;
  try {
    return read_position(parser.parse(text.data(), text.size()));
  } catch (const simdjson::simdjson_error& error) {
    return Error("RECORDING", error.what(), "decision_input.position");
  } catch (const ResultError& error) {
    return Error("RECORDING", error.what(), "decision_input.position");
  }
}

}  // namespace everbit::trading

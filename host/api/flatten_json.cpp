#include "api/flatten_json.h"

#include <simdjson.h>

#include "api/json_reading.h"
#include "base/account_position.h"

namespace everbit::api {
namespace {

using simdjson::dom::element;

// Throws what simdjson throws for a value of another type.
trading::Flattened read(const element& json) {
  trading::Flattened flattened;
  for (const element one : json["intents"].get_array()) {
    flattened.intents.push_back({required<std::string>(one["market"]),
                                 required<Uuid>(one["intentPublicId"]),
                                 one["created"].get_bool().value()});
  }
  for (const element one : json["skipped"].get_array()) {
    flattened.skipped.push_back(
        {required<std::string>(one["market"]), required<std::string>(one["reasonCode"])});
  }
  return flattened;
}

}  // namespace

void write_json(JsonWriter& json, const trading::Flattened& flattened) {
  json.begin_object().field("position", to_string(AccountPosition::kExitsOnly));
  json.key("intents").begin_array();
  for (const auto& intent : flattened.intents) {
    json.begin_object()
        .field("market", intent.market)
        .field("intentPublicId", intent.intent_public_id)
        .field("created", intent.created)
        .end_object();
  }
  json.end_array().key("skipped").begin_array();
  for (const auto& skipped : flattened.skipped) {
    json.begin_object()
        .field("market", skipped.market)
        .field("reasonCode", skipped.reason_code)
        .end_object();
  }
  json.end_array().end_object();
}

std::optional<trading::Flattened> parse_flattened(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    return read(parser.parse(simdjson::padded_string(json)));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace everbit::api
